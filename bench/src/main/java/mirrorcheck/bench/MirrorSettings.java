// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.engine.mirror.MirrorOptions;
import mirrorcheck.engine.mirror.Sync;

/**
 * How a whole mirror is made.
 *
 * @param tracking     how it finds out which zeroes need not be written
 * @param sync         full or top
 * @param copyMode     when guest writes reach the target
 * @param detectZeroes of the target, which has {@code discard=unmap} with {@link
 *                     DetectZeroes#UNMAP}, and {@code discard=ignore} otherwise
 * @param flushes      whether the target is flushed before READY; if not, no disk is measured
 */
record MirrorSettings(TrackingStrategy tracking, Sync sync, CopyMode copyMode,
        DetectZeroes detectZeroes, boolean flushes) {
    /** Everything at its default. */
    static MirrorSettings standard() {
        return new MirrorSettings(TrackingStrategy.ZERO_BITMAP, Sync.FULL, CopyMode.BACKGROUND,
                DetectZeroes.OFF, true);
    }

    MirrorSettings withTracking(TrackingStrategy value) {
        return new MirrorSettings(value, sync, copyMode, detectZeroes, flushes);
    }

    MirrorSettings withSync(Sync value) {
        return new MirrorSettings(tracking, value, copyMode, detectZeroes, flushes);
    }

    MirrorSettings withCopyMode(CopyMode value) {
        return new MirrorSettings(tracking, sync, value, detectZeroes, flushes);
    }

    MirrorSettings withDetectZeroes(DetectZeroes value) {
        return new MirrorSettings(tracking, sync, copyMode, value, flushes);
    }

    /** The same that ends in the page cache. */
    MirrorSettings withoutFlush() {
        return new MirrorSettings(tracking, sync, copyMode, detectZeroes, false);
    }

    /** Whether a zero written must end as a hole, also where the target reads as zero already. */
    boolean mustPunch() {
        return detectZeroes == DetectZeroes.UNMAP;
    }

    /** The options of the target node. */
    NodeOptions targetOptions(String nodeName) {
        return NodeOptions.named(nodeName).withNoFlush(!flushes).withDetectZeroes(detectZeroes)
                .withDiscard(mustPunch() ? Discard.UNMAP : Discard.IGNORE);
    }

    /** The arguments of the job. */
    MirrorOptions jobOptions(String id, String source, String target) {
        return MirrorOptions.of(id, source, target, sync).withCopyMode(copyMode);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.List;
import java.util.concurrent.locks.Lock;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.mirror.Geometry;

/** How a mirror finds out that its target has the zeroes already which it is about to write. */
enum TrackingStrategy {
    /** It keeps a bitmap of what it knows to be zero: the engine's mirror as it is. */
    ZERO_BITMAP,
    /** It does not, and writes them all. */
    NONE,
    /** It asks the target for its block status, each time: see {@link StatusProbe}. */
    BLOCK_STATUS;

    /** The strategy called so. */
    static TrackingStrategy of(String word) {
        return Words.parse("tracking", "tracking", word, List.of(values()));
    }

    /**
     * The bookkeeping of one job.
     *
     * @param tracksZeroes whether the job wants a zero bitmap at all
     * @param lock         that of the job
     */
    SkipCounter bookkeeping(Geometry geometry, boolean tracksZeroes, BlockNode target, Lock lock) {
        return switch (this) {
            case ZERO_BITMAP -> new SkipCounter(geometry, tracksZeroes);
            case NONE -> new SkipCounter(geometry, false);
            case BLOCK_STATUS -> new StatusProbe(geometry, target, lock);
        };
    }
}

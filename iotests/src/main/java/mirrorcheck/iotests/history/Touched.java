// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.BitSet;
import mirrorcheck.iotests.history.Step.Action;

/**
 * Where data may have come to a target that was one hole: the chunks in which the source held data at
 * first, or a guest wrote since. Nothing else may be allocated at the end.
 *
 * <p>What is unwritten in a source counts as data too, unless it is never looked at again: once pages
 * of it are in the host's cache, and reading ahead is enough for that, some file systems call it data
 * (ext4).
 */
final class Touched {
    /** The host allocates no less. */
    private static final long HOST_BLOCK = 4096;

    private final Configuration configuration;
    private final long unit;
    private final BitSet chunks = new BitSet();

    Touched(Configuration configuration) {
        this.configuration = configuration;
        this.unit = Math.max(configuration.granularity(), HOST_BLOCK);
        configuration.layout().forEach(piece -> touch(piece.range()));
        long tail = configuration.bytes() % unit;
        if (tail > 0) {
            // Nothing shorter than a chunk is ever known to be zero.
            touch(new Range(configuration.bytes() - tail, tail));
        }
    }

    /**
     * A guest's request came. Zeroes leave nothing where all of the target is known to be zero, if
     * they go there at once and the source is not looked at again.
     *
     * @param atOnce whether the mirror is ready, and was in write-blocking mode all the time
     */
    void by(Step.Guest request, boolean atOnce) {
        boolean data = request.action() == Action.WRITE || request.action() == Action.ZERO_BYTES;
        boolean kept = request.action() == Action.ZEROES
                && (!atOnce || configuration.unmaps() || touches(request.range()));
        if (data || kept) {
            touch(request.range());
        }
    }

    private boolean touches(Range range) {
        Range whole = range.outwards(unit);
        int next = chunks.nextSetBit(Math.toIntExact(whole.offset() / unit));
        return next >= 0 && next < whole.end() / unit;
    }

    private void touch(Range range) {
        Range whole = range.outwards(unit);
        chunks.set(Math.toIntExact(whole.offset() / unit), Math.toIntExact(whole.end() / unit));
    }

    /** Bytes that the target may have allocated at the end; -1 if that is not known. */
    long most() {
        return configuration.targetIsHole() ? chunks.cardinality() * unit : -1;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.BitSet;
import mirrorcheck.iotests.history.Step.Action;

/**
 * Where data may have come to a target that was one hole: the chunks in which the source held data at
 * first, or a guest wrote since. Nothing else may be allocated at the end.
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
        configuration.layout().stream().filter(Configuration.Piece::isData)
                .forEach(piece -> touch(piece.range()));
        long tail = configuration.bytes() % unit;
        if (tail > 0) {
            // Nothing shorter than a chunk is ever known to be zero.
            touch(new Range(configuration.bytes() - tail, tail));
        }
    }

    /** A guest's request came. Zeroes leave nothing where the target is known to be zero. */
    void by(Step.Guest request, boolean started) {
        boolean zeroes = request.action() == Action.ZEROES;
        boolean data = request.action() == Action.WRITE || request.action() == Action.ZERO_BYTES;
        if (data || zeroes && started && configuration.unmaps()) {
            touch(request.range());
        }
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

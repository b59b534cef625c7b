// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.function.BiPredicate;
import mirrorcheck.engine.block.Extent;

/**
 * Decides what becomes of dirty chunks: the pure heart of a mirror.
 *
 * <table>
 * <caption>Dirty chunks of the source, and what is known of the target</caption>
 * <tr><th>source</th><th>target known zero</th><th>target not known zero</th></tr>
 * <tr><td>any byte is data</td><td>COPY</td><td>COPY</td></tr>
 * <tr><td>all zero</td><td>SKIP</td><td>ZERO</td></tr>
 * <tr><td>all undefined</td><td>DISCARD</td><td>DISCARD</td></tr>
 * <tr><td>partial last chunk, whatever it holds</td><td>COPY</td><td>COPY</td></tr>
 * </table>
 */
public final class Plan {
    private Plan() {
    }

    /** What is done to the target for a run of dirty chunks. */
    public enum Action {
        /** Read the source, write the target. */
        COPY,
        /** Write zeroes; the target may unmap as its {@code discard} option allows. */
        ZERO,
        /** Discard: nobody may rely on what the source reads as. */
        DISCARD,
        /** Nothing: the target reads as zero already (rule ZERO-1). */
        SKIP
    }

    /**
     * One action on {@code [offset, offset + bytes)}: whole chunks, or up to the end of the device.
     */
    public record Step(Action action, long offset, long bytes) {
        /** How many bytes of memory it needs while it is under way. */
        long bufferBytes() {
            return action == Action.COPY ? bytes : 0;
        }
    }

    /**
     * The next step of a dirty run.
     *
     * @param offset    first byte not planned yet, a multiple of the granularity
     * @param end       end of the dirty run, a multiple of the granularity or the end of the device
     * @param source    the source's block status at {@code offset}, at most up to {@code end}
     * @param geometry  the sizes
     * @param knownZero tells of (offset, bytes) whether the target is known to read as zero there
     * @return a step that starts at {@code offset} and ends at or before {@code end}
     */
    public static Step next(long offset, long end, Extent source, Geometry geometry,
            BiPredicate<Long, Long> knownZero) {
        // A status speaks for whole chunks only: a chunk that is zero in part is data, and so is
        // the partial last one.
        long whole = source.bytes() - source.bytes() % geometry.granularity();
        boolean data = !source.status().zero() && source.status().allocated();
        if (data || whole == 0) {
            long bytes = Math.clamp(whole, geometry.granularity(), geometry.maxCopy());
            return new Step(Action.COPY, offset, Math.min(bytes, end - offset));
        }
        if (!source.status().zero()) {
            return new Step(Action.DISCARD, offset, whole);
        }
        return new Step(knownZero.test(offset, whole) ? Action.SKIP : Action.ZERO, offset, whole);
    }
}

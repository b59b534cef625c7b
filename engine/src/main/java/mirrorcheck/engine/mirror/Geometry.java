// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Limits;

/**
 * The sizes a mirror works in, all in bytes.
 *
 * @param length      size of source and target
 * @param granularity bytes per bit of the bitmaps: the size of a chunk
 * @param window      the longest run of dirty chunks taken at once, and the most data in flight:
 *                    {@code buf-size} in whole chunks
 * @param maxCopy     the longest data request
 */
public record Geometry(long length, long granularity, long window, long maxCopy) {
    /** The smallest granularity: a sector. */
    public static final long MIN_GRANULARITY = 512;
    /** The largest granularity. */
    public static final long MAX_GRANULARITY = 64 << 20;

    private static final long DEFAULT_MIN_GRANULARITY = 4096;
    private static final long DEFAULT_MAX_GRANULARITY = 64 << 10;
    private static final long DEFAULT_BUF_SIZE = 16 << 20;
    /**
     * A data request is a sixteenth of the window, so that several are in flight, but not less than
     * this.
     */
    private static final long USUAL_MAX_COPY = 1 << 20;
    /** One buffer per chunk must fit into one vectored request (IOV_MAX, bug B42). */
    private static final long MAX_COPY_CHUNKS = 1024;

    /** Computes the sizes from what the user asked for; 0 stands for the default. */
    public static Geometry of(long length, long granularity, long bufSize, Limits targetLimits) {
        long chunk = granularity != 0 ? granularity : defaultGranularity(targetLimits);
        long window = roundUp(bufSize != 0 ? bufSize : DEFAULT_BUF_SIZE, chunk);
        long copy = Math.max(chunk, Math.min(window, Math.max(USUAL_MAX_COPY, window / 16)));
        copy = Math.min(copy, MAX_COPY_CHUNKS * chunk);
        return new Geometry(length, chunk, window, Math.max(chunk, copy - copy % chunk));
    }

    /** The same with larger chunks; a data request is at least one of them. */
    Geometry withGranularity(long chunk) {
        return new Geometry(length, chunk, window, Math.max(chunk, maxCopy & -chunk));
    }

    /**
     * Refuses a granularity out of range before one that is no power of two, as a client of QMP
     * expects (rule ARGS-1).
     */
    public static void checkGranularity(long granularity) throws BlockException {
        if (granularity < 0 || granularity > 0xffff_ffffL) {
            throw BlockException.refused("Parameter 'granularity' expects uint32_t");
        }
        if (granularity == 0) {
            return;
        }
        if (granularity < MIN_GRANULARITY || granularity > MAX_GRANULARITY) {
            throw BlockException.refused(
                    "Parameter 'granularity' expects a value in range [512B, 64MB]");
        }
        if (Long.bitCount(granularity) != 1) {
            throw BlockException.refused("Parameter 'granularity' expects a power of 2");
        }
    }

    /**
     * The cluster size of the target, clamped to [4 KiB, 64 KiB]; 64 KiB for a target without
     * clusters.
     */
    private static long defaultGranularity(Limits target) {
        long cluster = target.clusterSize() == 0 ? DEFAULT_MAX_GRANULARITY : target.clusterSize();
        return Math.clamp(cluster, DEFAULT_MIN_GRANULARITY, DEFAULT_MAX_GRANULARITY);
    }

    /**
     * The next multiple of {@code unit}, a power of two; the largest one if there is none above.
     */
    static long roundUp(long value, long unit) {
        return value > Long.MAX_VALUE - (unit - 1) ? Long.MAX_VALUE - (unit - 1) & -unit : value
                + unit - 1 & -unit;
    }

    /** The multiple of the granularity at or below {@code offset}. */
    public long chunkStart(long offset) {
        return offset & -granularity;
    }
}

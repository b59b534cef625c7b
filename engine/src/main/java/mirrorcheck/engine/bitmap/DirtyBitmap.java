// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

/**
 * The chunks that must still be copied: source and target may differ there.
 *
 * <p>A bit may be set for nothing, at the cost of a copy; a bit that is missing loses data. So
 * marking rounds outwards, and a chunk is forgotten only when all of its bytes are about to be
 * copied or were written to both ends. Not safe for use by several threads: callers hold the lock
 * of the job. Ranges outside of the image are refused with IndexOutOfBoundsException and change
 * nothing.
 */
public class DirtyBitmap {
    /** The bits themselves, for variants that round another way. */
    protected final Bitmap bits;

    /**
     * A bitmap with nothing dirty.
     *
     * @throws IllegalArgumentException as {@link Bitmap#Bitmap}
     */
    public DirtyBitmap(long length, long granularity) {
        bits = new Bitmap(length, granularity);
    }

    /** The length of the image in bytes. */
    public long length() {
        return bits.length();
    }

    /** The bytes of a chunk. */
    public long granularity() {
        return bits.granularity();
    }

    /**
     * Makes every chunk that the range touches dirty. Call it when the source has, or may have,
     * changed there.
     */
    public void mark(long offset, long bytes) {
        bits.setOutwards(offset, bytes);
    }

    /** Makes every chunk dirty. */
    public void markAll() {
        bits.setAll();
    }

    /**
     * Makes whole chunks clean. Call it <em>before</em> the source is read for the copy: a guest
     * write that comes between then marks them again, and is not lost.
     *
     * @throws IllegalArgumentException if the range does not begin at a chunk or ends neither at
     *         one nor at {@link #length()}; nothing changes
     */
    public void clear(long offset, long bytes) {
        if (!isBoundary(offset) || !isBoundary(offset + bytes)) {
            throw new IllegalArgumentException("dirty bitmap: not a range of whole chunks: offset "
                    + offset + ", bytes " + bytes + ", granularity " + granularity());
        }
        bits.clearOutwards(offset, bytes);
    }

    private boolean isBoundary(long offset) {
        return offset % granularity() == 0 || offset == length();
    }

    /**
     * Makes the chunks clean that the range covers wholly. Call it when a guest write has reached
     * both ends: the rest of a chunk it only touches may still differ.
     */
    public void clearCovered(long offset, long bytes) {
        bits.clearInwards(offset, bytes);
    }

    /**
     * Whether the chunk with this byte is dirty; {@code offset} must be below {@link #length()}.
     */
    public boolean isDirty(long offset) {
        return bits.get(offset);
    }

    /** Whether any chunk that the range touches is dirty; false for 0 bytes. */
    public boolean anyDirty(long offset, long bytes) {
        return !bits.noneSet(offset, bytes);
    }

    /**
     * The next dirty chunks that follow each other without a gap.
     *
     * @param from     where to begin; rounded down to its chunk, which is the first candidate;
     *                 nothing is found past the end
     * @param maxBytes how much to take at most, rounded up to whole chunks; greater than 0
     * @return the run, clipped to {@link #length()}, or null if nothing is dirty there
     * @throws IllegalArgumentException if {@code maxBytes} is not greater than 0
     */
    public ChunkRange run(long from, long maxBytes) {
        if (maxBytes <= 0) {
            throw new IllegalArgumentException(
                    "dirty bitmap: maxBytes must be greater than 0: " + maxBytes);
        }
        long start = bits.nextSet(from);
        if (start < 0) {
            return null;
        }
        long clean = bits.nextClear(start);
        long bytes = (clean < 0 ? length() : clean) - start;
        long toWholeChunks = granularity() - 1 - (maxBytes - 1) % granularity();
        // Compared before the sum is made: maxBytes may be close to 2^63.
        return new ChunkRange(start, Math.min(maxBytes, bytes - toWholeChunks) + toWholeChunks);
    }

    /** The bytes of all dirty chunks; of the last chunk only those before {@link #length()}. */
    public long dirtyBytes() {
        return bits.setBytes();
    }
}

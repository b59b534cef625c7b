// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

/**
 * One bit for every chunk of an image, asked and changed in bytes.
 *
 * <pre>
 *   granularity   |---------|
 *   chunks        |    0    |    1    |    2    |  3  |        the last one ends at length
 *   range                [~~~~~~~~~~~~~~~~~~~~~~~~~~~~)
 *   outwards      |#########|#########|#########|#####|        every chunk it touches
 *   inwards       |         |#########|#########|#####|        only chunks it covers, up to length
 * </pre>
 *
 * <p>Rounding is the whole art: outwards where a bit means "may differ", inwards where it means "is
 * known". A range inside one chunk touches it and covers nothing. A range of 0 bytes touches
 * nothing.
 *
 * <p>No call looks at more than a few nodes of 64 entries on each of at most 8 levels, however long
 * the range and whatever the bits. Memory is as {@link Node} says: next to nothing for 8 EiB of one
 * value. Not safe for use by several threads: callers hold the lock of the job.
 *
 * <p>All methods throw IndexOutOfBoundsException, and change nothing, if an offset or a number of
 * bytes is negative or the range ends behind {@link #length()}.
 */
public final class Bitmap {
    /**
     * The smallest granularity in bytes: a sector, below which no block device can be addressed.
     */
    public static final long MIN_GRANULARITY = 512;

    /** The largest granularity in bytes, as in QMP drive-mirror. */
    public static final long MAX_GRANULARITY = 64L << 20;

    /**
     * The largest length in bytes: 8 EiB less a sector, the largest multiple of 512 that a signed
     * 64-bit offset holds.
     */
    public static final long MAX_LENGTH = Long.MAX_VALUE - 511;

    private final long length;
    private final long granularity;
    private final int chunkShift;
    private final long chunks;

    /**
     * The bits. The tree has room for more chunks than the image; those behind its end always equal
     * the last chunk, so an image of one value is a tree of one value, and no search ever stops
     * behind the end.
     */
    private Node root;

    /**
     * A bitmap with all chunks clear.
     *
     * @param length      bytes of the image, 0 to {@link #MAX_LENGTH}; need not be a multiple of
     *                    anything
     * @param granularity bytes of a chunk, a power of two, {@link #MIN_GRANULARITY} to
     *                    {@link #MAX_GRANULARITY}
     * @throws IllegalArgumentException if either is not; the text names the value
     */
    public Bitmap(long length, long granularity) {
        if (granularity < MIN_GRANULARITY || granularity > MAX_GRANULARITY
                || Long.bitCount(granularity) != 1) {
            throw new IllegalArgumentException("bitmap: granularity must be a power of two, "
                    + MIN_GRANULARITY + " to " + MAX_GRANULARITY + " bytes: " + granularity);
        }
        if (length < 0 || length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "bitmap: length must be 0 to " + MAX_LENGTH + " bytes: " + length);
        }
        this.length = length;
        this.granularity = granularity;
        chunkShift = Long.numberOfTrailingZeros(granularity);
        chunks = chunksUpTo(length);
        root = Uniform.of(rootShift(chunks), false);
    }

    private static int rootShift(long chunks) {
        int shift = Page.SHIFT;
        while (1L << shift < chunks) {
            shift += Node.FANOUT_SHIFT;
        }
        return shift;
    }

    /** The length of the image in bytes. */
    public long length() {
        return length;
    }

    /** The bytes of a chunk. */
    public long granularity() {
        return granularity;
    }

    /** Whether the chunk with this byte is set; {@code offset} must be below {@link #length()}. */
    public boolean get(long offset) {
        checkRange(offset, 1);
        return root.get(chunkOf(offset));
    }

    /** Sets every chunk that the range touches. */
    public void setOutwards(long offset, long bytes) {
        fillOutwards(offset, bytes, true);
    }

    /** Clears every chunk that the range touches. */
    public void clearOutwards(long offset, long bytes) {
        fillOutwards(offset, bytes, false);
    }

    /**
     * Sets the chunks that lie wholly in the range; the last one does if the range ends at
     * {@link #length()}.
     */
    public void setInwards(long offset, long bytes) {
        fillInwards(offset, bytes, true);
    }

    /**
     * Clears the chunks that lie wholly in the range; the last one does if the range ends at
     * {@link #length()}.
     */
    public void clearInwards(long offset, long bytes) {
        fillInwards(offset, bytes, false);
    }

    /** Sets every chunk. */
    public void setAll() {
        fillOutwards(0, length, true);
    }

    /** Clears every chunk. */
    public void clearAll() {
        fillOutwards(0, length, false);
    }

    /** Whether every chunk that the range touches is set; true for 0 bytes. */
    public boolean allSet(long offset, long bytes) {
        return !touches(offset, bytes, false);
    }

    /** Whether no chunk that the range touches is set; true for 0 bytes. */
    public boolean noneSet(long offset, long bytes) {
        return !touches(offset, bytes, true);
    }

    /**
     * The start of the first set chunk at or after the one with this byte, or -1 if there is none.
     * May be before {@code offset}, which need not begin a chunk; past the end there is none.
     */
    public long nextSet(long offset) {
        return next(offset, true);
    }

    /** The start of the first clear chunk, as {@link #nextSet}. */
    public long nextClear(long offset) {
        return next(offset, false);
    }

    /** The bytes of all set chunks; of the last chunk only those before {@link #length()}. */
    public long setBytes() {
        if (length == 0 || !root.get(chunks - 1)) {
            return root.setChunks() << chunkShift;
        }
        long behindTheEnd = root.span() - chunks;
        long beforeTheLast = root.setChunks() - behindTheEnd - 1;
        return (beforeTheLast << chunkShift) + length - startOf(chunks - 1);
    }

    /** How many nodes have memory of their own, each under 600 bytes. */
    long allocatedNodes() {
        return root.allocatedNodes();
    }

    private void fillOutwards(long offset, long bytes, boolean value) {
        checkRange(offset, bytes);
        if (bytes > 0) {
            fill(chunkOf(offset), chunksUpTo(offset + bytes), value);
        }
    }

    private void fillInwards(long offset, long bytes, boolean value) {
        checkRange(offset, bytes);
        long end = offset + bytes;
        long first = chunksUpTo(offset);
        long firstNotCovered = end == length ? chunks : chunkOf(end);
        if (first < firstNotCovered) {
            fill(first, firstNotCovered, value);
        }
    }

    private void fill(long first, long end, boolean value) {
        root = root.fill(first, end == chunks ? root.span() : end, value);
    }

    private boolean touches(long offset, long bytes, boolean value) {
        checkRange(offset, bytes);
        if (bytes == 0) {
            return false;
        }
        long found = root.next(chunkOf(offset), value);
        return found >= 0 && found < chunksUpTo(offset + bytes);
    }

    private long next(long offset, boolean value) {
        if (offset >= length) {
            return -1;
        }
        checkRange(offset, 0);
        long found = root.next(chunkOf(offset), value);
        return found < 0 ? -1 : startOf(found);
    }

    private long chunkOf(long offset) {
        return offset >> chunkShift;
    }

    /**
     * How many chunks begin before this offset. No sum that could overflow: the offset may be close
     * to 2^63.
     */
    private long chunksUpTo(long offset) {
        return chunkOf(offset) + ((offset & granularity - 1) == 0 ? 0 : 1);
    }

    private long startOf(long chunk) {
        return chunk << chunkShift;
    }

    private void checkRange(long offset, long bytes) {
        if (offset < 0 || bytes < 0 || offset > length - bytes) {
            throw new IndexOutOfBoundsException("bitmap: range outside of 0 to " + length
                    + ": offset " + offset + ", bytes " + bytes);
        }
    }
}

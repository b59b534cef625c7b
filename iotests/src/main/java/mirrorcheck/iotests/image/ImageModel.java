// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import java.util.List;
import java.util.function.Predicate;
import mirrorcheck.iotests.image.RangeMap.Run;

/**
 * What an image must read as, and how the host should keep it: the judge's own account of
 * everything that was written.
 *
 * <p>Sparse: costs as much as it has runs, whatever its size. Safe for use from any thread; {@link
 * #cells()} is a copy. Methods that write answer this image, so that a layout reads as one
 * sentence.
 */
public final class ImageModel {
    /**
     * The unit in which hosts allocate and report holes, in bytes: the block of ext4, XFS and
     * tmpfs.
     */
    public static final long HOST_BLOCK = 4096;

    private final RangeMap<Cell> cells;

    /** An image of {@code size} bytes that is one hole. */
    public ImageModel(long size) {
        this(new RangeMap<>(size, Cell.HOLE));
    }

    private ImageModel(RangeMap<Cell> cells) {
        this.cells = cells;
    }

    /** An image like this one that changes on its own. */
    public synchronized ImageModel copy() {
        return new ImageModel(new RangeMap<>(cells));
    }

    /**
     * An image of {@code size} bytes that begins like this one; what is new is a hole. Changes on
     * its own.
     */
    public ImageModel resized(long size) {
        ImageModel resized = new ImageModel(size);
        for (Run<Cell> run : cells(0, Math.min(size, size()))) {
            resized.put(run.offset(), run.bytes(), run.value());
        }
        return resized;
    }

    /** The size in bytes, as given: not rounded. */
    public long size() {
        return cells.size();
    }

    /** Data made of {@code pattern}, 1 to 255, see {@link Pattern}. */
    public ImageModel write(long offset, long bytes, int pattern) {
        return put(offset, bytes, Cell.data(pattern));
    }

    /** Zero bytes, written out: allocated, and data to the host. */
    public ImageModel zeroes(long offset, long bytes) {
        return put(offset, bytes, Cell.ZEROES);
    }

    /**
     * Zeroes that keep or take blocks, without writing them out: what fallocate's ZERO_RANGE
     * leaves.
     */
    public ImageModel unwritten(long offset, long bytes) {
        return put(offset, bytes, Cell.UNWRITTEN);
    }

    /**
     * A hole: what fallocate's PUNCH_HOLE leaves. The host frees whole blocks; parts of blocks
     * become zeroes.
     */
    public synchronized ImageModel punch(long offset, long bytes) {
        long first = roundUp(offset, HOST_BLOCK);
        long last = offset + bytes >= size() ? size() : (offset + bytes) / HOST_BLOCK * HOST_BLOCK;
        for (Run<Cell> run : cells.runs(offset, bytes)) {
            if (run.value().allocated()) {
                cells.put(run.offset(), run.bytes(), Cell.ZEROES);
            }
        }
        if (first < last) {
            cells.put(first, last - first, Cell.HOLE);
        }
        return this;
    }

    /** The runs of equal cells, in order. */
    public synchronized List<Run<Cell>> cells() {
        return cells.runs();
    }

    /** The runs of {@code [offset, offset + bytes)}. */
    public synchronized List<Run<Cell>> cells(long offset, long bytes) {
        return cells.runs(offset, bytes);
    }

    /** Whether every byte of the range satisfies {@code what}; true for a range of 0 bytes. */
    public boolean all(long offset, long bytes, Predicate<Cell> what) {
        return cells(offset, bytes).stream().allMatch(run -> what.test(run.value()));
    }

    /**
     * The bytes a host allocates for this image, counted in whole blocks of {@link #HOST_BLOCK}.
     */
    public long allocatedBytes() {
        long allocated = 0;
        long counted = 0;
        for (Run<Cell> run : cells()) {
            if (run.value().allocated()) {
                long from = Math.max(counted, run.offset() / HOST_BLOCK * HOST_BLOCK);
                counted = roundUp(run.end(), HOST_BLOCK);
                allocated += Math.max(0, counted - from);
            }
        }
        return allocated;
    }

    /** Whether both read the same; bytes that only one of them has must read as zero. */
    public boolean readsLike(ImageModel other) {
        ImageModel longer = size() < other.size() ? other : this;
        long common = Math.min(size(), other.size());
        return longer.all(common, longer.size() - common, Cell::readsZero)
                && cells(0, common).stream().allMatch(run ->
                        other.all(run.offset(), run.bytes(),
                        cell -> cell.pattern() == run.value().pattern()));
    }

    private synchronized ImageModel put(long offset, long bytes, Cell cell) {
        cells.put(offset, bytes, cell);
        return this;
    }

    private static long roundUp(long value, long unit) {
        return Math.ceilDiv(value, unit) * unit;
    }
}

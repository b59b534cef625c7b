// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.bitmap.DirtyBitmap;
import mirrorcheck.engine.bitmap.ZeroBitmap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the bitmaps cost a guest write and the scan of a mirror, on 64 GiB in chunks of 64 KiB.
 *
 * <p>Every call leaves the bitmaps as it found them, and each iteration ends with a check that it
 * did.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class BitmapBenchmark {
    private static final long CHUNK = 64L << 10;
    private static final long LENGTH = 64L << 30;
    private static final long MAX_RUN = 1L << 20;
    private static final int GUEST_WRITE = 4096;

    /** Where the guest writes; a power of two of them, in an order no prefetcher guesses. */
    private static final int OFFSETS = 1 << 12;

    /** Which chunks are set: one after the other, every second, or a lonely one a page. */
    public enum Density {
        ALL(1), HALF(2), SPARSE(4096);

        private final long stride;

        Density(long stride) {
            this.stride = stride * CHUNK;
        }

        private long setBytes() {
            return LENGTH / stride * CHUNK;
        }
    }

    @Param
    private Density density;

    private DirtyBitmap dirty;
    private ZeroBitmap zero;
    private long[] offsets;
    private int turn;
    private long scannedBytes;

    /** The seed is fixed: every run asks for the same offsets. */
    @Setup
    public void fill() {
        dirty = new DirtyBitmap(LENGTH, CHUNK);
        zero = new ZeroBitmap(LENGTH, CHUNK);
        for (long offset = 0; offset < LENGTH; offset += density.stride) {
            dirty.mark(offset, CHUNK);
            zero.set(offset, CHUNK);
        }
        offsets = new SplittableRandom(1)
                .longs(OFFSETS, 0, LENGTH / GUEST_WRITE)
                .map(block -> block * GUEST_WRITE)
                .toArray();
        scannedBytes = density.setBytes();
    }

    /** Refuses the time of an iteration that lost or invented a bit, or did not scan them all. */
    @TearDown(Level.Iteration)
    public void check() {
        long expected = density.setBytes();
        if (dirty.dirtyBytes() != expected || zero.zeroBytes() != expected
                || scannedBytes != expected) {
            throw new IllegalStateException("bitmap benchmark: expected " + expected
                    + " bytes: dirty " + dirty.dirtyBytes() + ", zero " + zero.zeroBytes()
                    + ", scanned " + scannedBytes);
        }
    }

    private long nextOffset() {
        return offsets[turn++ & OFFSETS - 1];
    }

    /** A guest write marks its chunk, the copy clears it; or the reverse where it was dirty. */
    @Benchmark
    public void markAndClear() {
        long offset = nextOffset();
        long chunk = offset & -CHUNK;
        if (dirty.isDirty(offset)) {
            dirty.clear(chunk, CHUNK);
            dirty.mark(offset, GUEST_WRITE);
        } else {
            dirty.mark(offset, GUEST_WRITE);
            dirty.clear(chunk, CHUNK);
        }
    }

    /** The longest ranges: a write of half of a clean image, and the copy of all of it. */
    @Benchmark
    public DirtyBitmap markAndClearHalfAnImage() {
        DirtyBitmap clean = new DirtyBitmap(LENGTH, CHUNK);
        clean.mark(LENGTH / 4 + 1, LENGTH / 2);
        clean.clear(LENGTH / 4, LENGTH / 2 + CHUNK);
        return clean;
    }

    /** One pass of a mirror over the image, in runs of at most 1 MiB; answers how many. */
    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public int scan() {
        int runs = 0;
        long bytes = 0;
        for (ChunkRange run = dirty.run(0, MAX_RUN); run != null;
                run = dirty.run(run.end(), MAX_RUN)) {
            runs++;
            bytes += run.bytes();
        }
        scannedBytes = bytes;
        return runs;
    }

    /** Whether a zero write of the guest can be skipped. */
    @Benchmark
    public boolean covers() {
        return zero.covers(nextOffset(), GUEST_WRITE);
    }
}

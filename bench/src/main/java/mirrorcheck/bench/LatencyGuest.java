// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockIo;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Pattern;
import org.HdrHistogram.Histogram;

/**
 * A guest that writes 4 KiB at random multiples of 4 KiB, one write at a time, and takes the time
 * of each. For one thread.
 *
 * <p>A closed loop: the next write begins when the last has ended, as with one guest at queue depth
 * 1. So a stall is met by the one write that waits for it and not by those that an open stream of
 * requests would have sent meanwhile, and nothing is added for these ("coordinated omission"): the
 * percentiles are those of writes that were made, not of moments in time.
 */
final class LatencyGuest {
    /** How much each write writes, in bytes; offsets are multiples of it. */
    static final int BYTES = 4096;

    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;
    private static final int PATTERNS = 255;

    private final BlockIo disk;
    private final ImageModel model;
    private final Random random;
    private int pattern;

    /**
     * A guest on a disk of {@link #BYTES} or more.
     *
     * @param model told of every write that was acknowledged
     * @param seed  of the offsets and of the data
     */
    LatencyGuest(BlockIo disk, ImageModel model, long seed) {
        this.disk = disk;
        this.model = model;
        this.random = new Random(seed);
        pattern = random.nextInt(PATTERNS);
    }

    /**
     * Writes as long as {@code goOn} says so before a write, but not more often than {@code most}.
     *
     * @return how long each write took, in nanoseconds
     * @throws BlockException       if a write failed
     * @throws InterruptedException if the thread is interrupted, after the write that it is at
     */
    Histogram write(long most, BooleanSupplier goOn) throws BlockException, InterruptedException {
        Histogram nanos = new Histogram(LONGEST_NANOS, DIGITS);
        while (nanos.getTotalCount() < most && goOn.getAsBoolean()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("guest: interrupted");
            }
            long offset = random.nextLong(disk.length() / BYTES) * BYTES;
            // Another one each time, so that a write that was lost is seen when the next came.
            pattern = pattern % PATTERNS + 1;
            MemorySegment data = MemorySegment.ofArray(Pattern.bytes(offset, BYTES, pattern));
            long start = Clock.SYSTEM.nanoTime();
            disk.write(offset, data, Set.of());
            nanos.recordValue(Math.min(Clock.SYSTEM.nanoTime() - start, LONGEST_NANOS));
            model.write(offset, BYTES, pattern);
        }
        return nanos;
    }
}

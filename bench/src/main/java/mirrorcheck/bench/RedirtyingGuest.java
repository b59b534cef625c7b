// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockIo;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Pattern;

/**
 * A guest that writes data, and zeroes over what is zero already and over what is not, to an image
 * that was {@link SourceShape#HOLEY}. It writes whole chunks of 64 KiB, the same ones each time, in
 * each stride of 4 MiB:
 * <pre>
 *   at       before   the guest writes       of the zeroes
 *   0        data     zeroes                 1 is needed
 *   1 MiB    hole     zeroes                 1 is redundant
 *   2 MiB    hole     data, zeroes, zeroes   1 is needed, 1 is redundant
 *   3 MiB    hole     data
 * </pre>
 */
final class RedirtyingGuest {
    /** Sizes of images are multiples of this, in bytes. */
    static final long STRIDE = 4L << 20;
    /** Zero writes in each stride. */
    static final long ZERO_WRITES = 4;

    private static final int BYTES = 64 << 10;
    private static final long MIB = 1L << 20;
    private static final int PATTERN = 0xa5;

    /** What the guest writes at an offset: data, or zeroes if that is null. */
    private record Write(long offset, MemorySegment data) {
    }

    private final List<Write> writes = new ArrayList<>();

    /**
     * A guest on an image of this size.
     *
     * @throws IllegalArgumentException if the size is no multiple of {@link #STRIDE} above 0
     */
    RedirtyingGuest(long size) {
        if (size <= 0 || size % STRIDE != 0) {
            throw new IllegalArgumentException("guest: size " + size + ": must be a multiple of "
                    + STRIDE + " above 0");
        }
        for (long stride = 0; stride < size; stride += STRIDE) {
            addZeroes(stride);
            addZeroes(stride + MIB);
            addData(stride + 2 * MIB);
            addZeroes(stride + 2 * MIB);
            addZeroes(stride + 2 * MIB);
            addData(stride + 3 * MIB);
        }
    }

    private void addZeroes(long offset) {
        writes.add(new Write(offset, null));
    }

    private void addData(long offset) {
        writes.add(new Write(offset,
                MemorySegment.ofArray(Pattern.bytes(offset, BYTES, PATTERN))));
    }

    /** Writes everything, one after the other. */
    void write(BlockIo disk) throws BlockException {
        for (Write write : writes) {
            if (write.data() == null) {
                disk.writeZeroes(write.offset(), BYTES, Set.of());
            } else {
                disk.write(write.offset(), write.data(), Set.of());
            }
        }
    }

    /** Writes the same to the account of what the image holds. */
    void write(ImageModel model) {
        for (Write write : writes) {
            if (write.data() == null) {
                model.zeroes(write.offset(), BYTES);
            } else {
                model.write(write.offset(), BYTES, PATTERN);
            }
        }
    }

    /**
     * What the guest of a mirror that was READY costs its target, in each stride, if the job rests
     * while the guest writes.
     *
     * <p>In write-blocking mode each request goes to the target, zeroes if they are needed or taken
     * to be. In the background only what the chunks hold in the end does: nobody wrote data at
     * 2 MiB then, so the zeroes there are redundant too.
     *
     * @param keepsZeroes whether the host zeroes a range without writing (FALLOC_FL_ZERO_RANGE);
     *                    if not, block status takes written zeroes for data, at both ends
     */
    static Counts cost(TrackingStrategy tracking, CopyMode copyMode, boolean keepsZeroes) {
        if (copyMode == CopyMode.WRITE_BLOCKING) {
            return data(2).plus(zeroes(tracking, 2, 2, keepsZeroes ? 0 : 1));
        }
        return keepsZeroes ? data(1).plus(zeroes(tracking, 1, 2, 0)) : data(4);
    }

    private static Counts data(long writes) {
        return new Counts(writes, writes * BYTES, 0, 0, 0, 0);
    }

    /**
     * @param hidden how many of the redundant ones block status does not show
     */
    private static Counts zeroes(TrackingStrategy tracking, long needed, long redundant,
            long hidden) {
        return switch (tracking) {
            case ZERO_BITMAP -> zeroes(needed, redundant, 0);
            case NONE -> zeroes(needed + redundant, 0, 0);
            case BLOCK_STATUS -> zeroes(needed + hidden, redundant - hidden, needed + redundant);
        };
    }

    private static Counts zeroes(long written, long skipped, long probes) {
        return new Counts(0, 0, written, written * BYTES, skipped * BYTES, probes);
    }

    /** The probes of the target, in each stride, that the guest waits for. */
    static long probes(TrackingStrategy tracking, CopyMode copyMode) {
        return tracking == TrackingStrategy.BLOCK_STATUS && copyMode == CopyMode.WRITE_BLOCKING
                ? ZERO_WRITES : 0;
    }
}

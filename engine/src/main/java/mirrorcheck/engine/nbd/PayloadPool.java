// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import mirrorcheck.engine.host.Buffers;
import mirrorcheck.engine.nbd.wire.BlockSizes;

/**
 * Native memory for the data of requests, in sizes of powers of two, kept for the next request.
 * What is handed out is not counted here; what is kept is bounded.
 */
final class PayloadPool {
    private static final int LEAST_BYTES = 64 << 10;
    private static final long MOST_KEPT_BYTES = 64 << 20;

    private final List<Deque<MemorySegment>> kept = new ArrayList<>();
    private long keptBytes;

    PayloadPool() {
        for (long bytes = 1; bytes <= BlockSizes.MAX_PAYLOAD; bytes *= 2) {
            kept.add(new ArrayDeque<>());
        }
    }

    /**
     * Memory with undefined content, aligned for direct I/O; hand it back with {@link #give}.
     *
     * @param bytes at most 32 MiB
     * @return at least as long as that
     */
    MemorySegment take(long bytes) {
        if (bytes > BlockSizes.MAX_PAYLOAD) {
            throw new IllegalArgumentException("payload of " + bytes + " bytes: must be at most "
                    + BlockSizes.MAX_PAYLOAD);
        }
        int order = Long.SIZE - Long.numberOfLeadingZeros(Math.max(bytes, LEAST_BYTES) - 1);
        synchronized (this) {
            MemorySegment segment = kept.get(order).poll();
            if (segment != null) {
                keptBytes -= segment.byteSize();
                return segment;
            }
        }
        return Buffers.allocate(Arena.ofAuto(), 1L << order);
    }

    /** Hands back a whole segment that {@link #take} gave. */
    synchronized void give(MemorySegment segment) {
        if (keptBytes + segment.byteSize() <= MOST_KEPT_BYTES) {
            int order = Long.numberOfTrailingZeros(segment.byteSize());
            kept.get(order).push(segment);
            keptBytes += segment.byteSize();
        }
    }
}

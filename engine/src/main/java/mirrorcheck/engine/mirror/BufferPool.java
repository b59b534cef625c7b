// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Buffers;
import mirrorcheck.engine.host.Errno;

/**
 * Native buffers of one size that are used again and again: fresh memory is zeroed by the runtime
 * and faulted in by the host, which costs as much as the copy itself. Those that are used first lie
 * in huge pages. Safe for use from any thread.
 */
final class BufferPool {
    /** What all jobs together keep for later: 16 MiB, the default buffer of one job. */
    private static final int KEPT = 16;
    private static final long KEPT_SIZE = 1 << 20;

    /** Never given up, as the rest of the memory is by a collection of garbage. */
    private static final MemorySegment HUGE = Buffers.allocateHuge(KEPT * KEPT_SIZE);
    /** Those of {@link #HUGE} first, the others last. */
    private static final Deque<MemorySegment> FREE = new ArrayDeque<>();

    static {
        for (int i = 0; i < KEPT; i++) {
            FREE.add(HUGE.asSlice(i * KEPT_SIZE, KEPT_SIZE));
        }
    }

    private BufferPool() {
    }

    /**
     * A buffer of at least {@code bytes}; what it holds is undefined. The caller cuts off what it
     * needs.
     *
     * @throws BlockException ENOMEM if there is no memory for it
     */
    static MemorySegment take(long bytes) throws BlockException {
        if (bytes <= KEPT_SIZE) {
            synchronized (FREE) {
                MemorySegment buffer = FREE.poll();
                if (buffer != null) {
                    return buffer;
                }
            }
        }
        try {
            return Buffers.allocate(Arena.ofAuto(), Math.max(bytes, KEPT_SIZE));
        } catch (OutOfMemoryError e) {
            throw new BlockException(Errno.ENOMEM, "mirror: no memory for a buffer: " + bytes
                    + " bytes", e);
        }
    }

    /** Gives back a whole buffer that {@link #take} gave; the caller must not touch it any more. */
    static void give(MemorySegment buffer) {
        if (buffer.byteSize() != KEPT_SIZE) {
            return;
        }
        synchronized (FREE) {
            if (isHuge(buffer)) {
                if (FREE.size() == KEPT) {
                    FREE.removeLast();
                }
                FREE.push(buffer);
            } else if (FREE.size() < KEPT) {
                FREE.add(buffer);
            }
        }
    }

    /** Whether it lies in huge pages, if the host had any. */
    static boolean isHuge(MemorySegment buffer) {
        long offset = buffer.address() - HUGE.address();
        return offset >= 0 && offset < HUGE.byteSize();
    }
}

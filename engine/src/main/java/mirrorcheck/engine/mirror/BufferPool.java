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
 * and faulted in by the host, which costs as much as the copy itself. Safe for use from any thread.
 */
final class BufferPool {
    /** What all jobs together keep for later: 16 MiB, the default buffer of one job. */
    private static final int KEPT = 16;
    private static final long KEPT_SIZE = 1 << 20;

    private static final Deque<MemorySegment> FREE = new ArrayDeque<>();

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
        if (buffer.byteSize() == KEPT_SIZE) {
            synchronized (FREE) {
                if (FREE.size() < KEPT) {
                    FREE.push(buffer);
                }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Memory that direct I/O accepts, and a pool of it for requests that must be copied on their way.
 *
 * <p>A pooled buffer belongs to nobody's thread: a request may take one while another, further up,
 * holds its own.
 */
public final class Buffers {
    /**
     * The alignment of memory for direct I/O, in bytes: a page suits every block device there is.
     */
    public static final int ALIGNMENT = 4096;

    /**
     * Size of a pooled buffer, in bytes: fits the second-level cache, and is long enough to hide
     * the cost of a call.
     */
    public static final int POOLED_BYTES = 256 << 10;

    /** What a huge page holds, in bytes. */
    public static final long HUGE_PAGE = 2 << 20;

    private static final int MADV_HUGEPAGE = 14;

    private static final ConcurrentLinkedQueue<MemorySegment> POOL = new ConcurrentLinkedQueue<>();

    private Buffers() {
    }

    /** Native memory, zeroed, aligned for direct I/O; it lives as long as {@code arena}. */
    public static MemorySegment allocate(Arena arena, long bytes) {
        return arena.allocate(bytes, ALIGNMENT);
    }

    /**
     * Native memory in huge pages, if the host has some to give: a device takes a direct request in as
     * many pieces as its memory is scattered over, and each costs time. It is never freed.
     *
     * @param bytes a multiple of {@link #HUGE_PAGE}; what is not touched takes no memory
     * @return memory aligned to a huge page; what it holds is undefined
     * @throws OutOfMemoryError if the host has no room for it
     */
    @SuppressWarnings("restricted")
    public static MemorySegment allocateHuge(long bytes) {
        MemorySegment memory = Calls.alignedAlloc(HUGE_PAGE, bytes).reinterpret(bytes);
        if (memory.address() == 0) {
            throw new OutOfMemoryError("native memory: no room for " + bytes + " bytes");
        }
        // Only advice: an error leaves it in pages of the usual size.
        Calls.madvise(memory, MADV_HUGEPAGE);
        return memory;
    }

    /** Whether direct I/O takes this memory as it is. */
    public static boolean isAligned(MemorySegment segment) {
        return segment.isNative() && segment.address() % ALIGNMENT == 0;
    }

    /**
     * A buffer of {@link #POOLED_BYTES} with undefined content; hand it back with {@link #give}.
     */
    public static MemorySegment take() {
        MemorySegment buffer = POOL.poll();
        return buffer != null ? buffer : allocate(Arena.ofAuto(), POOLED_BYTES);
    }

    /** Hands back a whole buffer that {@link #take} gave. */
    public static void give(MemorySegment buffer) {
        POOL.offer(buffer);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.concurrent.atomic.AtomicLong;
import mirrorcheck.engine.block.BlockNode;

/**
 * Lets the disk begin with what was copied while the rest is still being copied, since READY waits
 * for both: a host that is left alone begins when its memory fills up, or at the flush.
 *
 * <p>Safe for use from any thread.
 */
final class WriteBehind {
    /**
     * Bytes from one hint to the next: much enough for a disk to be busy with, and so little that it
     * is busy soon where the data is scattered, since many small writes take it long.
     */
    private static final long STEP = 2 << 20;

    private final BlockNode target;
    private final AtomicLong total = new AtomicLong();

    WriteBehind(BlockNode target) {
        this.target = target;
    }

    /** So much more data was written to the target. */
    void written(long bytes) {
        long after = total.addAndGet(bytes);
        if (after / STEP != (after - bytes) / STEP) {
            target.startWriteback();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps requests off a range while its edges are read, changed and written back. Exclusive holders
 * keep everyone off the bytes they share; the others only wait for exclusive ones.
 *
 * <p>First come, first served. A thread holds at most one range of a lock, so waiting never ends in
 * a circle.
 */
public final class RangeLock {
    /** A range that is held or waited for. */
    public static final class Held {
        private final long offset;
        private final long end;
        private final boolean exclusive;

        private Held(long offset, long end, boolean exclusive) {
            this.offset = offset;
            this.end = end;
            this.exclusive = exclusive;
        }

        private boolean conflictsWith(Held other) {
            return (exclusive || other.exclusive) && offset < other.end && other.offset < end;
        }
    }

    /** In the order of arrival. */
    private final List<Held> queue = new ArrayList<>();

    /**
     * Blocks until nobody who came earlier stands in the way of {@code [offset, end)}; an interrupt
     * does not end it.
     */
    public synchronized Held lock(long offset, long end, boolean exclusive) {
        Held mine = new Held(offset, end, exclusive);
        queue.add(mine);
        boolean interrupted = false;
        while (isBlocked(mine)) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return mine;
    }

    private boolean isBlocked(Held mine) {
        for (Held other : queue) {
            if (other == mine) {
                return false;
            }
            if (mine.conflictsWith(other)) {
                return true;
            }
        }
        throw new IllegalStateException("range lock: waits for a range it gave up");
    }

    /** Gives back what {@link #lock} gave, once. */
    public synchronized void unlock(Held held) {
        queue.remove(held);
        notifyAll();
    }
}

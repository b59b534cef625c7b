// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A clock that stands still until it is told to go on, so that what takes hours runs in no time and
 * the same way each time. Starts at 0, which is 1970-01-01.
 */
public final class SimClock implements Clock {
    private record Waiter(long deadline, Lock lock, Condition condition) {
    }

    private final boolean jumping;
    private final List<Waiter> waiters = new ArrayList<>();
    private long now;

    private SimClock(boolean jumping) {
        this.jumping = jumping;
    }

    /** A clock that only {@link #advance} moves. */
    public static SimClock standing() {
        return new SimClock(false);
    }

    /** A clock that jumps to the end of each wait: nobody ever waits, but the time is counted. */
    public static SimClock jumping() {
        return new SimClock(true);
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public Instant wallTime() {
        return Instant.EPOCH.plusNanos(nanoTime());
    }

    @Override
    public void await(Lock lock, Condition condition, long nanos) throws InterruptedException {
        Waiter waiter;
        synchronized (this) {
            if (nanos <= 0) {
                return;
            }
            if (jumping) {
                now += nanos;
                return;
            }
            waiter = new Waiter(now + nanos, lock, condition);
            waiters.add(waiter);
            notifyAll();
        }
        try {
            // The caller holds the lock until it waits, so that advance cannot signal too early.
            condition.await();
        } finally {
            synchronized (this) {
                waiters.remove(waiter);
            }
        }
    }

    /** Moves the time and wakes those whose wait is over. */
    public void advance(Duration time) {
        List<Waiter> due = new ArrayList<>();
        synchronized (this) {
            now += time.toNanos();
            for (Iterator<Waiter> each = waiters.iterator(); each.hasNext();) {
                Waiter waiter = each.next();
                if (waiter.deadline() - now <= 0) {
                    due.add(waiter);
                    each.remove();
                }
            }
        }
        for (Waiter waiter : due) {
            waiter.lock().lock();
            try {
                waiter.condition().signalAll();
            } finally {
                waiter.lock().unlock();
            }
        }
    }

    /** Blocks until at least {@code count} threads wait for the time to pass. */
    public synchronized void awaitWaiters(int count) throws InterruptedException {
        while (waiters.size() < count) {
            wait();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SimClockTest {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition condition = lock.newCondition();

    /** Waits until the clock shows {@code deadline} and answers what it shows then. */
    private FutureTask<Long> waitUntil(SimClock clock, long deadline) {
        FutureTask<Long> wait = new FutureTask<>(() -> {
            lock.lock();
            try {
                while (clock.nanoTime() < deadline) {
                    clock.await(lock, condition, deadline - clock.nanoTime());
                }
                return clock.nanoTime();
            } finally {
                lock.unlock();
            }
        });
        Thread.ofPlatform().start(wait);
        return wait;
    }

    @Test
    void standsStillUntilItIsToldToGoOn() throws Exception {
        SimClock clock = SimClock.standing();
        FutureTask<Long> early = waitUntil(clock, 1000);
        FutureTask<Long> late = waitUntil(clock, 3000);
        clock.awaitWaiters(2);
        clock.advance(Duration.ofNanos(2000));
        assertEquals(2000, early.get());
        clock.awaitWaiters(1);
        clock.advance(Duration.ofNanos(1500));
        assertEquals(3500, late.get());
        assertEquals(Instant.EPOCH.plusNanos(3500), clock.wallTime());
    }

    @Test
    void jumpsToTheEndOfEachWait() throws Exception {
        SimClock clock = SimClock.jumping();
        assertEquals(1000, waitUntil(clock, 1000).get());
        assertEquals(1000, waitUntil(clock, 10).get());
    }

    @Test
    void signalEndsAWaitBeforeItsTime() throws Exception {
        SimClock clock = SimClock.standing();
        FutureTask<Long> wait = new FutureTask<>(() -> {
            lock.lock();
            try {
                clock.await(lock, condition, 1000);
                return clock.nanoTime();
            } finally {
                lock.unlock();
            }
        });
        Thread.ofPlatform().start(wait);
        clock.awaitWaiters(1);
        lock.lock();
        condition.signalAll();
        lock.unlock();
        assertEquals(0, wait.get());
    }
}

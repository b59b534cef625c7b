// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * Where the engine gets its time from, so that a test can put {@link SimClock} in its place. Safe
 * for use from any thread.
 */
public interface Clock {
    /** The host's time. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant wallTime() {
            return Instant.now();
        }

        @Override
        public void await(Lock lock, Condition condition, long nanos) throws InterruptedException {
            condition.await(nanos, TimeUnit.NANOSECONDS);
        }
    };

    /** Nanoseconds since some moment; only differences mean anything, and they never go back. */
    long nanoTime();

    /** The time of day, for what users read; never to measure with. */
    Instant wallTime();

    /**
     * Waits until the condition is signalled or the time is over. It may also return for no reason,
     * so callers ask {@link #nanoTime} and their own state in a loop.
     *
     * @param lock      the lock the condition belongs to, held by the caller
     * @param condition what else ends the wait
     * @param nanos     how long at most, in nanoseconds; 0 or less returns at once
     * @throws InterruptedException if the thread is interrupted
     */
    void await(Lock lock, Condition condition, long nanos) throws InterruptedException;
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The time, for durations and for the watchdog; injected, so that tests bring their own. Safe for
 * use from any thread.
 */
public interface Clock {
    /** Nanoseconds from some fixed moment; only differences mean something. */
    long nanos();

    /**
     * Blocks until {@code latch} is open or {@code nanos} have passed.
     *
     * @return whether the latch is open
     */
    boolean await(CountDownLatch latch, long nanos) throws InterruptedException;

    /** Milliseconds since the program was started, the start of the JVM included. */
    long millisSinceStart();

    /** The host's clock. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }

    /** The only reader of the wall clock in the suite. */
    enum SystemClock implements Clock {
        INSTANCE;

        /**
         * Set by the launcher when it begins, and again once it has built, in microseconds of the
         * epoch. Without it the start of the process is asked of the host, which knows it to a
         * second or so.
         */
        private static final String STARTED = "MIRRORCHECK_STARTED";

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public boolean await(CountDownLatch latch, long nanos) throws InterruptedException {
            return latch.await(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public long millisSinceStart() {
            String started = System.getenv(STARTED);
            Instant start = started != null && started.matches("[0-9]{10,17}")
                    ? Instant.EPOCH.plusNanos(Long.parseLong(started) * 1000)
                    : ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
            return Math.max(0, Duration.between(start, Instant.now()).toMillis());
        }
    }
}

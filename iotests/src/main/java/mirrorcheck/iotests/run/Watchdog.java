// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.concurrent.CountDownLatch;
import mirrorcheck.iotests.host.Clock;

/**
 * Watches one test for signs of life. It bites when there are none for the timeout, and also when
 * there are many but the test takes no step: a mirror that tries the same again and again never
 * falls silent. Safe for use from any thread.
 */
final class Watchdog {
    /** How many timeouts a step may take for all the signs of life there are. */
    private static final int STEP = 5;

    private final Clock clock;
    private final long timeoutNanos;
    private volatile long lastSign;
    private volatile long lastStep;

    /** A watchdog that bites after {@code timeoutNanos} without a sign. */
    Watchdog(Clock clock, long timeoutNanos) {
        this.clock = clock;
        this.timeoutNanos = timeoutNanos;
        this.lastSign = clock.nanos();
        this.lastStep = lastSign;
    }

    /** A sign of life. */
    void progress() {
        lastSign = clock.nanos();
    }

    /** A sign of life after which the test is further than before. */
    void step() {
        lastStep = clock.nanos();
        lastSign = lastStep;
    }

    /**
     * Blocks until {@code done} opens or no sign or step has come for too long.
     *
     * @return whether {@code done} is open; false means that the test hangs
     */
    boolean await(CountDownLatch done) throws InterruptedException {
        while (true) {
            if (clock.await(done, Math.max(0, left()))) {
                return true;
            }
            if (left() <= 0) {
                return false;
            }
        }
    }

    /** What the test lacked that hangs. */
    String why() {
        return leftForSign() <= 0 ? "no progress for " + Durations.text(timeoutNanos)
                : "requests, but no step for " + Durations.text(STEP * timeoutNanos);
    }

    private long left() {
        return Math.min(leftForSign(), STEP * timeoutNanos - (clock.nanos() - lastStep));
    }

    private long leftForSign() {
        return timeoutNanos - (clock.nanos() - lastSign);
    }
}

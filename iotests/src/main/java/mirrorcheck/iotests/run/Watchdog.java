// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.concurrent.CountDownLatch;
import mirrorcheck.iotests.host.Clock;

/** Watches one test for signs of life. Safe for use from any thread. */
final class Watchdog {
    private final Clock clock;
    private final long timeoutNanos;
    private volatile long lastSign;

    /** A watchdog that bites after {@code timeoutNanos} without a sign. */
    Watchdog(Clock clock, long timeoutNanos) {
        this.clock = clock;
        this.timeoutNanos = timeoutNanos;
        this.lastSign = clock.nanos();
    }

    /** A sign of life. */
    void progress() {
        lastSign = clock.nanos();
    }

    /**
     * Blocks until {@code done} opens or no sign has come for the timeout.
     *
     * @return whether {@code done} is open; false means that the test hangs
     */
    boolean await(CountDownLatch done) throws InterruptedException {
        while (true) {
            long left = timeoutNanos - (clock.nanos() - lastSign);
            if (clock.await(done, Math.max(0, left))) {
                return true;
            }
            if (clock.nanos() - lastSign >= timeoutNanos) {
                return false;
            }
        }
    }
}

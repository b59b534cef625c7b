// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for what no implementation announces. It looks again and again; how long it waits never
 * decides a verdict, and the watchdog ends a wait that is in vain.
 */
final class Await {
    /** At first too short to be felt, then long enough to leave the processors to the mirror. */
    private static final long FIRST_PAUSE_NANOS = 200_000;
    private static final long LAST_PAUSE_NANOS = 6_400_000;

    private Await() {
    }

    /** Blocks until {@code condition} holds; the thread's interrupt ends it with an exception. */
    static void until(Runnable look, BooleanSupplier condition) {
        long pause = FIRST_PAUSE_NANOS;
        while (!condition.getAsBoolean()) {
            if (Thread.interrupted()) {
                throw new IllegalStateException("interrupted while waiting");
            }
            if (pause == FIRST_PAUSE_NANOS) {
                look.run();
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LAST_PAUSE_NANOS);
        }
    }
}

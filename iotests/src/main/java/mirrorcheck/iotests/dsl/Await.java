// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for what no implementation announces. It looks again and again; how long it waits never
 * decides a verdict, and the watchdog ends a wait that is in vain.
 */
final class Await {
    /** Often enough not to be felt, seldom enough to leave the processors to the mirror. */
    private static final long PAUSE_NANOS = 200_000;

    private Await() {
    }

    /** Blocks until {@code condition} holds; the thread's interrupt ends it with an exception. */
    static void until(Runnable look, BooleanSupplier condition) {
        boolean first = true;
        while (!condition.getAsBoolean()) {
            if (Thread.interrupted()) {
                throw new IllegalStateException("interrupted while waiting");
            }
            if (first) {
                look.run();
                first = false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.util.function.BooleanSupplier;

/** Waiting that an interrupt does not cut short; it is kept for the caller. */
final class Uninterrupted {
    private Uninterrupted() {
    }

    /** Waits on {@code monitor}, which the caller holds, until {@code done}. */
    static void await(Object monitor, BooleanSupplier done) {
        boolean interrupted = false;
        while (!done.getAsBoolean()) {
            try {
                monitor.wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a thread to end. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

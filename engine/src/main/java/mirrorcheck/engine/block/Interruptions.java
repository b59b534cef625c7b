// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.util.function.BooleanSupplier;

/**
 * Waiting that an interrupt does not cut short. A request that is under way has to end before
 * memory or a node may be given up, whatever the thread was told; the interrupt is kept for the
 * caller.
 */
public final class Interruptions {
    private Interruptions() {
    }

    /** Waits on {@code monitor}, which the caller holds, until {@code done}. */
    public static void await(Object monitor, BooleanSupplier done) {
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
    public static void join(Thread thread) {
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

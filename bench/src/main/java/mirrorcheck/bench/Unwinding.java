// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a program that is told to end (SIGINT, SIGTERM) tidy up: its thread is interrupted, and the
 * JVM ends when this is closed, or after 30 s.
 */
final class Unwinding implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch over = new CountDownLatch(1);

    private Unwinding() {
    }

    /** Interrupts the thread that calls this. */
    static Unwinding ofThisThread() {
        Unwinding unwinding = new Unwinding();
        Thread thread = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> unwinding.interrupt(thread)));
        return unwinding;
    }

    private void interrupt(Thread thread) {
        if (over.getCount() == 0) {
            return;
        }
        thread.interrupt();
        try {
            over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Everything is tidied up. */
    @Override
    public void close() {
        over.countDown();
    }
}

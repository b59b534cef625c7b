// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mirrorcheck.iotests.host.Clock;

/** Scripts that hang, and the clock that lets time pass when, and only when, one does. */
public final class Hang implements Clock {
    private static volatile Hang current;

    private final Semaphore hangs = new Semaphore(0);
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch freed = new CountDownLatch(1);
    private final AtomicLong now = new AtomicLong();
    private volatile Thread hanging;

    /** A clock for one test; the scripts of that test find it. */
    static Hang begin() {
        current = new Hang();
        return current;
    }

    /** What a script calls to hang until it is interrupted. */
    public static void here() throws InterruptedException {
        current.hangs();
        new CountDownLatch(1).await();
    }

    /** What a script calls to hang until {@link #free}, whoever interrupts it. */
    public static void stubbornly() {
        Hang hang = current;
        hang.hangs();
        while (true) {
            try {
                hang.freed.await();
                return;
            } catch (InterruptedException e) {
                hang.hangs.release();
            }
        }
    }

    private void hangs() {
        hanging = Thread.currentThread();
        reached.countDown();
        hangs.release();
    }

    /** Ends {@link #stubbornly}. */
    public static void free() {
        current.freed.countDown();
    }

    /** Blocks until a script hangs. */
    void awaitReached() throws InterruptedException {
        reached.await();
    }

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public boolean await(CountDownLatch latch, long nanos) throws InterruptedException {
        while (!latch.await(1, TimeUnit.MILLISECONDS)) {
            if (hangs.tryAcquire()) {
                // It is about to wait, and whoever looks at its stack shall see it wait.
                while (hanging.getState() == Thread.State.RUNNABLE) {
                    Thread.onSpinWait();
                }
                now.addAndGet(nanos);
                return false;
            }
        }
        return true;
    }

    @Override
    public long millisSinceStart() {
        return 1500;
    }
}

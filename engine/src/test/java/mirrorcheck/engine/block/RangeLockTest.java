// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RangeLockTest {
    private final RangeLock lock = new RangeLock();

    /** Locks a range on a thread of its own and keeps it until told. */
    private final class Holder {
        final CountDownLatch holds = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        final Thread thread;

        Holder(long offset, long end, boolean exclusive) {
            thread = Thread.ofPlatform().start(() -> {
                RangeLock.Held held = lock.lock(offset, end, exclusive);
                holds.countDown();
                awaitUninterruptibly(release);
                lock.unlock(held);
            });
        }

        void awaitBlocked() {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            assertEquals(1, holds.getCount(), "holds what somebody else holds");
        }

        void end() throws InterruptedException {
            release.countDown();
            thread.join();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // The interrupt was meant for the lock.
            }
        }
    }

    @Test
    void sharedRangesOverlap() throws Exception {
        Holder first = new Holder(0, 100, false);
        Holder second = new Holder(50, 150, false);
        first.holds.await();
        second.holds.await();
        first.end();
        second.end();
    }

    @Test
    void exclusiveRangeKeepsEverybodyOff() throws Exception {
        Holder exclusive = new Holder(100, 200, true);
        exclusive.holds.await();
        Holder shared = new Holder(199, 300, false);
        shared.awaitBlocked();
        Holder before = new Holder(0, 100, true);
        before.holds.await();
        exclusive.end();
        shared.holds.await();
        Holder again = new Holder(299, 300, true);
        again.awaitBlocked();
        shared.end();
        again.holds.await();
        again.end();
        before.end();
    }

    @Test
    void whoComesLaterDoesNotOvertake() throws Exception {
        Holder shared = new Holder(0, 100, false);
        shared.holds.await();
        Holder exclusive = new Holder(0, 100, true);
        exclusive.awaitBlocked();
        Holder late = new Holder(0, 100, false);
        late.awaitBlocked();
        shared.end();
        exclusive.holds.await();
        late.awaitBlocked();
        exclusive.end();
        late.holds.await();
        late.end();
    }

    @Test
    void interruptDoesNotLetAnybodyIn() throws Exception {
        Holder exclusive = new Holder(0, 100, true);
        exclusive.holds.await();
        Holder waiting = new Holder(0, 100, true);
        waiting.awaitBlocked();
        waiting.thread.interrupt();
        waiting.awaitBlocked();
        exclusive.end();
        waiting.holds.await();
        waiting.end();
    }
}

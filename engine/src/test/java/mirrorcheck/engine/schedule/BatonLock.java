// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/**
 * A reentrant lock on which a {@link Baton} decides who gets it: taking it is a point, and so is
 * each wait for a condition. A wait never ends for no reason, so a signal that was forgotten is a
 * deadlock.
 */
final class BatonLock implements Lock {
    private final Baton baton;
    private final String name;
    private final BooleanSupplier atomic;
    private Baton.Actor owner;
    private int holds;
    private boolean tellsOne;

    /**
     * @param atomic whether whoever takes it now holds a monitor, so that nobody else may go on: no
     *               point, then, and the lock must be free
     */
    BatonLock(Baton baton, String name, BooleanSupplier atomic) {
        this.baton = baton;
        this.name = name;
        this.atomic = atomic;
    }

    /** The same, but wrong: where all that wait should be told, one is. */
    BatonLock tellingOne() {
        tellsOne = true;
        return this;
    }

    @Override
    public void lock() {
        if (owner == null || owner != baton.running()) {
            if (atomic.getAsBoolean()) {
                check(owner == null);
            } else {
                baton.await("lock " + name, () -> owner == null);
            }
        }
        owner = baton.running();
        holds++;
    }

    @Override
    public void unlock() {
        if (baton.isAbandoned()) {
            return;
        }
        check(holds > 0 && owner == baton.running());
        if (--holds == 0) {
            owner = null;
        }
    }

    private void check(boolean right) {
        if (!right) {
            throw new IllegalMonitorStateException("lock " + name + " of "
                    + (owner == null ? "nobody" : owner.name()) + " used by "
                    + baton.runningName());
        }
    }

    @Override
    public Condition newCondition() {
        return new Waiters();
    }

    private final class Waiters implements Condition {
        private final List<Waiter> waiting = new ArrayList<>();

        private static final class Waiter {
            private boolean signalled;
        }

        @Override
        public void awaitUninterruptibly() {
            await(Long.MAX_VALUE);
        }

        @Override
        public void await() {
            await(Long.MAX_VALUE);
        }

        @Override
        public boolean await(long time, TimeUnit unit) {
            long deadline = baton.nanoTime() + unit.toNanos(time);
            return await(deadline);
        }

        private boolean await(long deadline) {
            check(holds > 0 && owner == baton.running());
            int held = holds;
            Waiter waiter = new Waiter();
            waiting.add(waiter);
            owner = null;
            holds = 0;
            baton.await("wait " + name, () -> owner == null
                    && (waiter.signalled || deadline <= baton.nanoTime()), deadline);
            waiting.remove(waiter);
            owner = baton.running();
            holds = held;
            return waiter.signalled;
        }

        @Override
        public void signal() {
            if (!waiting.isEmpty()) {
                waiting.removeFirst().signalled = true;
            }
        }

        @Override
        public void signalAll() {
            if (tellsOne) {
                signal();
                return;
            }
            waiting.forEach(waiter -> waiter.signalled = true);
            waiting.clear();
        }

        @Override
        public long awaitNanos(long nanos) {
            throw new UnsupportedOperationException("awaitNanos");
        }

        @Override
        public boolean awaitUntil(Date deadline) {
            throw new UnsupportedOperationException("awaitUntil");
        }
    }

    @Override
    public void lockInterruptibly() {
        lock();
    }

    @Override
    public boolean tryLock() {
        throw new UnsupportedOperationException("tryLock");
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
        throw new UnsupportedOperationException("tryLock");
    }
}

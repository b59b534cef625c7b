// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import mirrorcheck.engine.host.Clock;

/** The time of a run: it passes only when no thread can go on otherwise. */
record BatonClock(Baton baton) implements Clock {
    @Override
    public long nanoTime() {
        return baton.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return Instant.EPOCH.plusNanos(nanoTime());
    }

    @Override
    public void await(Lock lock, Condition condition, long nanos) throws InterruptedException {
        if (nanos > 0) {
            boolean signalled = condition.await(nanos, TimeUnit.NANOSECONDS);
            assert signalled || nanoTime() > 0;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import java.util.concurrent.locks.Condition;

/** Where the engine gets its time from, so that tests can give it theirs. Safe for use from any thread. */
public interface Clock {
    /** The host's monotonic clock. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void await(Condition condition, long nanos) {
            try {
                condition.awaitNanos(nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    };

    /** Nanoseconds since some fixed moment; only differences mean anything. */
    long nanoTime();

    /**
     * Waits on a condition whose lock the caller holds, until it is signalled, the time is over or the thread is
     * interrupted; callers look again at what they wait for. The interrupt is kept.
     *
     * @param nanos how long at most, in nanoseconds; at or below 0 this returns at once
     */
    void await(Condition condition, long nanos);
}

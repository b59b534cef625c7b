// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.concurrent.atomic.AtomicLong;
import mirrorcheck.engine.block.BlockException;

/**
 * Knows whether anything was changed since the last good flush, so that idle flushes cost nothing.
 */
final class PendingChanges {
    /** What makes changes durable. */
    @FunctionalInterface
    interface Sync {
        void run() throws BlockException;
    }

    private final AtomicLong made = new AtomicLong();
    private final AtomicLong durable = new AtomicLong();

    /** To be called after a change and before its request returns, failed or not. */
    void made() {
        made.incrementAndGet();
    }

    /** Syncs unless nothing was changed since; what fails stays pending. */
    void flush(Sync sync) throws BlockException {
        long seen = made.get();
        if (seen > durable.get()) {
            sync.run();
            durable.accumulateAndGet(seen, Math::max);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import mirrorcheck.engine.host.Clock;

/**
 * When a request is tried again whose error the user ignores: after a while, twice as long each
 * time, until one succeeds: no flood of events (rule ERROR-4). The job's lock guards it.
 */
final class Retries {
    private static final long FIRST_NANOS = 1_000_000;
    private static final long LAST_NANOS = 1_000_000_000;

    private final Clock clock;
    private long nanos;
    private long at;

    Retries(Clock clock) {
        this.clock = clock;
    }

    void failed() {
        nanos = Math.clamp(nanos * 2, FIRST_NANOS, LAST_NANOS);
        at = clock.nanoTime() + nanos;
    }

    void succeeded() {
        nanos = 0;
        at = 0;
    }

    /** Nanoseconds until the next try; 0 or less for now. */
    long delay() {
        return at == 0 ? 0 : at - clock.nanoTime();
    }
}

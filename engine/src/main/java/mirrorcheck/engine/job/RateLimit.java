// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

/**
 * Spreads work over time so that its average is a number of bytes a second.
 *
 * <p>Work is charged when it is issued and what comes after it waits: a job that was idle begins at
 * once, and the average over any longer time is exact (rule SPEED-1). Not thread-safe: the job's
 * lock guards it.
 */
final class RateLimit {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /**
     * No debt runs longer than this, 73 years: further and the arithmetic of times would overflow.
     */
    private static final long MAX_DEBT_NANOS = 1L << 61;

    private long speed;
    private long freeAt;
    private boolean inDebt;

    RateLimit(long speed) {
        this.speed = speed;
    }

    long speed() {
        return speed;
    }

    /** Changes the speed; the debt run up at the old one is forgiven. */
    void setSpeed(long bytesPerSecond) {
        speed = bytesPerSecond;
        inDebt = false;
    }

    /** Charges {@code bytes} of work issued at {@code now}. */
    void charge(long bytes, long now) {
        if (speed > 0) {
            double nanos = delay(now) + (double) bytes * NANOS_PER_SECOND / speed;
            freeAt = now + (long) Math.min(nanos, MAX_DEBT_NANOS);
            inDebt = true;
        }
    }

    /** Nanoseconds to wait before more work may be issued; 0 if it may be now. */
    long delay(long now) {
        return speed == 0 || !inDebt ? 0 : Math.max(0, freeAt - now);
    }
}

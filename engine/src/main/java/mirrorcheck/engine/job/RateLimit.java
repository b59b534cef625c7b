// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

/**
 * Spreads work over time so that its average is a number of bytes a second.
 *
 * <p>Work is charged when it is issued and what comes after it waits: a job that was idle begins at once, and the average
 * over any longer time is exact (rule SPEED-1). Not thread-safe: the job's lock guards it.
 */
final class RateLimit {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private long speed;
    private long freeAt;

    RateLimit(long speed) {
        this.speed = speed;
    }

    long speed() {
        return speed;
    }

    /** Changes the speed; the debt run up at the old one is forgiven. */
    void setSpeed(long bytesPerSecond, long now) {
        speed = bytesPerSecond;
        freeAt = now;
    }

    /** Charges {@code bytes} of work issued at {@code now}. */
    void charge(long bytes, long now) {
        if (speed > 0) {
            double nanos = (double) bytes * NANOS_PER_SECOND / speed;
            freeAt = Math.max(freeAt, now) + (long) Math.min(nanos, Long.MAX_VALUE / 4);
        }
    }

    /** Nanoseconds to wait before more work may be issued; 0 if it may be now. */
    long delay(long now) {
        return speed == 0 ? 0 : Math.max(0, freeAt - now);
    }
}

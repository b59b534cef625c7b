// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.job.JobEvent.Operation;

/**
 * What the work of a job has to hand, on the job's own thread and, where nothing else is said, with
 * the lock held.
 */
abstract class JobWork {
    /** Guards everything; never held during a request. */
    protected final Lock lock;
    /** Signalled after every change that somebody may wait for. */
    protected final Condition changed;

    final RateLimit rateLimit;
    final JobState state;
    private final Clock clock;

    /** Thrown out of {@link Job#run} when the user cancelled; nobody outside sees it. */
    protected static final class JobCancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        JobCancelled() {
            super("job cancelled", null, false, false);
        }
    }

    JobWork(JobOptions options, Consumer<JobEvent> listener, Clock clock, Lock lock) {
        this.lock = lock;
        this.changed = lock.newCondition();
        this.clock = clock;
        this.rateLimit = new RateLimit(options.speed());
        this.state = new JobState(options, changed, listener, rateLimit);
    }

    /** What is done in one go. */
    @FunctionalInterface
    protected interface Section<E extends Exception> {
        void run() throws E;
    }

    /** Takes the lock, runs a section of code, and gives the lock up. */
    protected final <E extends Exception> void locked(Section<E> section) throws E {
        lock.lock();
        try {
            section.run();
        } finally {
            lock.unlock();
        }
    }

    /** Leaves {@link Job#run} if the user cancelled. */
    protected final void checkCancelled() {
        if (state.isCancelled()) {
            throw new JobCancelled();
        }
    }

    /**
     * Whether a pause is wanted: issue nothing more, wait for what is in flight, then call {@link
     * #pausePoint}.
     */
    protected final boolean pauseWanted() {
        return state.pauseWanted();
    }

    /** Waits here while the job is paused; no request may be in flight. */
    protected final void pausePoint() {
        checkCancelled();
        state.idle(true);
        state.awaitResume();
        state.idle(false);
        checkCancelled();
    }

    /** Waits for any change with requests in flight. */
    protected final void awaitChange() {
        changed.awaitUninterruptibly();
    }

    /**
     * Waits for any change, or {@code nanos} if above 0, with nothing in flight: a pause may begin
     * meanwhile.
     */
    protected final void awaitIdle(long nanos) {
        state.idle(true);
        if (nanos > 0) {
            try {
                clock.await(lock, changed, nanos);
            } catch (InterruptedException e) {
                // Nobody may end a job by an interrupt: cancel is the verb for that. The loop looks
                // again.
                changed.signalAll();
            }
        } else {
            changed.awaitUninterruptibly();
        }
        state.idle(false);
    }

    /** Whether READY was reached. */
    protected final boolean isReady() {
        return state.isReady();
    }

    /** The end has begun: the job waits for the target's flush and shows as busy and paused. */
    protected final void beginEnding(boolean value) {
        state.ending(value);
    }

    /** Nanoseconds until more work may be issued. */
    protected final long rateDelay() {
        return rateLimit.delay(clock.nanoTime());
    }

    /** Charges work to the rate limit. */
    protected final void charge(long bytes) {
        rateLimit.charge(bytes, clock.nanoTime());
    }

    /**
     * Applies an error policy to a failed request: tells the world, and pauses or fails the job as
     * the policy says. May be called from any thread, with the lock held.
     *
     * @return the action; with anything but REPORT the request must be tried again
     */
    protected final ErrorAction handleError(Operation operation, ErrorPolicy policy,
            BlockException error) {
        return state.handleError(operation, policy, error);
    }

    /** Leaves {@link Job#run} if a request failed and its policy said report. */
    protected final void checkFailed() throws BlockException {
        if (state.failure() != null) {
            throw state.failure();
        }
    }
}

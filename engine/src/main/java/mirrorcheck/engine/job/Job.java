// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.job.JobEvent.Operation;
import mirrorcheck.engine.job.JobEvent.Progress;
import mirrorcheck.engine.job.JobInfo.IoStatus;

/**
 * Long work on block nodes with a life cycle that a user can query and steer (QMP {@code job-*} and
 * {@code block-job-*}).
 *
 * <p>One lock guards all state of a job, that of its subclass included, and one condition is
 * signalled whenever any of it changes. The work runs on one thread of its own, {@link #run}; verbs
 * come from any thread and return at once, but for finalize and cancel of a pending job, which
 * return when the job is over.
 */
public abstract class Job {
    /** Guards everything; never held during a request. */
    protected final ReentrantLock lock = new ReentrantLock();
    /** Signalled after every change that somebody may wait for. */
    protected final Condition changed = lock.newCondition();

    private final JobOptions options;
    private final Consumer<JobEvent> listener;
    private final Clock clock;
    private final RateLimit rateLimit;
    private Jobs jobs;

    private JobStatus status = JobStatus.CREATED;
    private boolean ready;
    private boolean idle;
    private boolean ending;
    private boolean pauseWanted;
    private boolean cancelled;
    private boolean finalizeWanted;
    private BlockException failure;
    private IoStatus ioStatus = IoStatus.OK;

    /** Thrown out of {@link #run} when the user cancelled; nobody outside sees it. */
    protected static final class JobCancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        JobCancelled() {
            super("job cancelled", null, false, false);
        }
    }

    /**
     * Makes a job that has no id in any list yet and does nothing.
     *
     * @param listener told of every event in order, with the lock held; it must not block
     */
    protected Job(JobOptions options, Consumer<JobEvent> listener, Clock clock) {
        this.options = options;
        this.listener = listener;
        this.clock = clock;
        this.rateLimit = new RateLimit(options.speed());
    }

    // What a subclass is.

    /**
     * Does the work, on the job's own thread, without the lock: returns when it has come to its
     * end, by complete or by soft cancel.
     *
     * @throws BlockException what the job fails with
     */
    protected abstract void run() throws BlockException;

    /**
     * The last step that can fail, when the job is finalized; without the lock.
     *
     * @throws BlockException what the job fails with; {@link #cleanUp} follows
     */
    protected abstract void prepare() throws BlockException;

    /**
     * Gives back everything the job holds, once, however it ended; without the lock, and waits for
     * requests in flight.
     */
    protected abstract void cleanUp();

    /** Takes note of complete, with the lock held; may refuse. */
    protected abstract void onComplete() throws BlockException;

    /** Takes note of a cancel without force of a ready job, with the lock held. */
    protected abstract void onSoftCancel();

    /** How far the work is; called with the lock held. */
    protected abstract Progress progress();

    /** Whether every acknowledged guest write is in the target; called with the lock held. */
    protected abstract boolean activelySynced();

    // Life.

    /** The id, unique among jobs not yet dismissed. */
    public final String id() {
        return options.id();
    }

    /**
     * Enters the job into {@code registry} and begins it on a thread of {@code executor}; the
     * events {@code created} and {@code running} have happened when this returns (rule JOB-1).
     *
     * @throws BlockException EINVAL if the id is in use, EAGAIN if there is no thread to run on;
     *         nothing has happened
     */
    public final void start(Jobs registry, Executor executor) throws BlockException {
        // Whoever finds the job in the registry, its own thread too, waits for the lock until it
        // runs.
        lock.lock();
        try {
            registry.add(this);
            jobs = registry;
            execute(executor);
            emit(new JobEvent.StatusChange(id(), status));
            become(JobStatus.RUNNING);
        } finally {
            lock.unlock();
        }
    }

    private void execute(Executor executor) throws BlockException {
        try {
            executor.execute(this::live);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            jobs.remove(this);
            throw new BlockException(Errno.EAGAIN, "job '" + id() + "': no thread to run on: " + e,
                    e);
        }
    }

    private void live() {
        try {
            work();
        } finally {
            end();
        }
    }

    private void work() {
        awaitStart();
        try {
            run();
            pend();
            prepare();
        } catch (BlockException e) {
            fail(e);
        } catch (JobCancelled e) {
            assert cancelled;
        } catch (RuntimeException | Error e) {
            fail(new BlockException(Errno.EIO, "job '" + id() + "': internal error: " + e, e));
            throw e;
        }
    }

    private void awaitStart() {
        lock.lock();
        lock.unlock();
    }

    private void end() {
        try {
            abortUnlessDone();
            cleanUp();
        } finally {
            conclude();
        }
    }

    /** Waiting, pending, and with auto-finalize=false the wait for the user. */
    private void pend() {
        lock.lock();
        try {
            checkCancelled();
            // A pause asked for too late for the work to see it: there is nothing left to pause.
            pauseWanted = false;
            become(JobStatus.WAITING);
            become(JobStatus.PENDING);
            if (!options.autoFinalize()) {
                emit(new JobEvent.Pending(id()));
                while (!finalizeWanted && !cancelled) {
                    changed.awaitUninterruptibly();
                }
                checkCancelled();
            }
            // From here on the job ends well or fails, whatever is asked of it: cancel comes too
            // late.
            finalizeWanted = true;
        } finally {
            lock.unlock();
        }
    }

    private void abortUnlessDone() {
        lock.lock();
        try {
            if (status != JobStatus.PENDING || cancelled || failure != null) {
                pauseWanted = false;
                ending = false;
                leavePause();
                become(JobStatus.ABORTING);
            }
        } finally {
            lock.unlock();
        }
    }

    private void conclude() {
        lock.lock();
        try {
            idle = false;
            if (status == JobStatus.ABORTING && failure == null) {
                emit(new JobEvent.Cancelled(id(), progress(), rateLimit.speed()));
            } else {
                emit(new JobEvent.Completed(id(), progress(), rateLimit.speed(),
                        failure == null ? null : failureText()));
            }
            become(JobStatus.CONCLUDED);
            if (options.autoDismiss()) {
                vanish();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The id is free before anybody can hear that it is. */
    private void vanish() {
        jobs.remove(this);
        become(JobStatus.NULL);
    }

    /** What a client reads: the device's own words for an I/O error, ours for a refusal. */
    private String failureText() {
        return failure.errno() == Errno.EINVAL ? failure.getMessage() : failure.errno().text();
    }

    // Verbs, from any thread.

    /**
     * Pauses the job. It is quiet, no request in flight, when its status says paused or standby; a
     * job that is idle is so when this returns.
     *
     * @throws BlockException EINVAL if it is paused already or in a state that cannot be paused;
     *         nothing has changed
     */
    public final void pause() throws BlockException {
        lock.lock();
        try {
            JobVerb.PAUSE.check(id(), status);
            if (pauseWanted) {
                throw BlockException.refused("Job is already paused");
            }
            pauseWanted = true;
            if (idle && !cancelled) {
                enterPause();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets a paused job go on, and forgets the error that stopped it.
     *
     * @throws BlockException EINVAL if nobody paused it; nothing has changed
     */
    public final void resume() throws BlockException {
        lock.lock();
        try {
            if (!pauseWanted) {
                throw BlockException.refused("Can't resume a job that was not paused");
            }
            pauseWanted = false;
            ioStatus = IoStatus.OK;
            leavePause();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks a ready job to end. Asking again while it ends changes nothing.
     *
     * @throws BlockException EINVAL in a state that cannot complete, or if the end was asked for
     *         otherwise before
     */
    public final void complete() throws BlockException {
        lock.lock();
        try {
            JobVerb.COMPLETE.check(id(), status);
            onComplete();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the job. Without force a ready job ends as a success without pivot, a point-in-time
     * copy; any other is aborted. Requests in flight are waited for by the job, not by the caller;
     * a pending job is over on return, and has succeeded if finalize came first.
     *
     * @throws BlockException EINVAL if the job is over, or paused and {@code force} is false;
     *         nothing has changed
     */
    public final void cancel(boolean force) throws BlockException {
        lock.lock();
        try {
            JobVerb.CANCEL.check(id(), status);
            if (pauseWanted && !force) {
                throw BlockException.refused("The block job for device '" + id()
                        + "' is currently paused");
            }
            if (!force && (status == JobStatus.READY || status == JobStatus.STANDBY)) {
                onSoftCancel();
            } else if (!finalizeWanted) {
                cancelled = true;
                pauseWanted = false;
                leavePause();
            }
            changed.signalAll();
            if (status == JobStatus.PENDING) {
                awaitOver();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a pending job, unless cancel came first; it is over on return. EINVAL in any other
     * state.
     */
    public final void finalizeJob() throws BlockException {
        lock.lock();
        try {
            JobVerb.FINALIZE.check(id(), status);
            finalizeWanted = !cancelled;
            changed.signalAll();
            awaitOver();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a concluded job. EINVAL in any other state. */
    public final void dismiss() throws BlockException {
        lock.lock();
        try {
            JobVerb.DISMISS.check(id(), status);
            vanish();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets the speed in bytes a second, 0 for none, and wakes a job that waits for its rate. EINVAL
     * if below 0.
     */
    public final void setSpeed(long bytesPerSecond) throws BlockException {
        lock.lock();
        try {
            JobVerb.SET_SPEED.check(id(), status);
            JobOptions.checkSpeed(bytesPerSecond);
            rateLimit.setSpeed(bytesPerSecond);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What a query says now. */
    public final JobInfo info() {
        lock.lock();
        try {
            boolean over = status.isOver();
            String error = failure != null ? failureText()
                    : over && cancelled ? Errno.ECANCELED.text() : null;
            boolean atWork = (status == JobStatus.RUNNING || status == JobStatus.READY)
                    && (!idle || ending);
            boolean paused = pauseWanted || ending && !over;
            return new JobInfo(id(), status, progress(), atWork, paused, rateLimit.speed(),
                    ioStatus,
                    ready && !over && status != JobStatus.PENDING, options.autoFinalize(),
                    options.autoDismiss(),
                    activelySynced(), error);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Blocks until the job has one of these statuses or is over.
     *
     * @return the status it had then
     * @throws InterruptedException if the thread was interrupted; the job is not touched
     */
    public final JobStatus await(Set<JobStatus> statuses) throws InterruptedException {
        lock.lock();
        try {
            while (!statuses.contains(status) && !status.isOver()) {
                changed.await();
            }
            return status;
        } finally {
            lock.unlock();
        }
    }

    // For the job's own thread, with the lock held.

    /** Leaves {@link #run} if the user cancelled. */
    protected final void checkCancelled() {
        if (cancelled) {
            throw new JobCancelled();
        }
    }

    /**
     * Whether a pause is wanted: issue nothing more, wait for what is in flight, then call {@link
     * #pausePoint}.
     */
    protected final boolean pauseWanted() {
        return pauseWanted;
    }

    /** Waits here while the job is paused; no request may be in flight. */
    protected final void pausePoint() {
        checkCancelled();
        idle = true;
        while (pauseWanted && !cancelled) {
            enterPause();
            changed.awaitUninterruptibly();
        }
        idle = false;
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
        idle = true;
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
        idle = false;
    }

    /** READY: the event and the status. */
    protected final void becomeReady() {
        ready = true;
        become(JobStatus.READY);
        emit(new JobEvent.Ready(id(), progress(), rateLimit.speed()));
    }

    /** Whether READY was reached. */
    protected final boolean isReady() {
        return ready;
    }

    /** The end has begun: the job waits for the target's flush and shows as busy and paused. */
    protected final void beginEnding(boolean value) {
        ending = value;
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
        ErrorAction action = policy.on(error.errno());
        emit(new JobEvent.Error(id(), operation, action));
        if (action == ErrorAction.STOP && !cancelled) {
            pauseWanted = true;
            ioStatus = error.errno() == Errno.ENOSPC ? IoStatus.NOSPACE : IoStatus.FAILED;
        } else if (action == ErrorAction.REPORT && failure == null && !cancelled) {
            // The device's words are what the user reads, not where in the engine it happened.
            failure = error.errno() == Errno.EINVAL
                    ? new BlockException(Errno.EINVAL, Errno.EINVAL.text(), error) : error;
        }
        changed.signalAll();
        return action;
    }

    /** Leaves {@link #run} if a request failed and its policy said report. */
    protected final void checkFailed() throws BlockException {
        if (failure != null) {
            throw failure;
        }
    }

    private void fail(BlockException error) {
        lock.lock();
        try {
            if (failure == null && !cancelled) {
                failure = error;
            }
        } finally {
            lock.unlock();
        }
    }

    private void enterPause() {
        if (status == JobStatus.RUNNING) {
            become(JobStatus.PAUSED);
        } else if (status == JobStatus.READY) {
            become(JobStatus.STANDBY);
        }
    }

    private void leavePause() {
        if (status == JobStatus.PAUSED) {
            become(JobStatus.RUNNING);
        } else if (status == JobStatus.STANDBY) {
            become(JobStatus.READY);
        }
    }

    private void awaitOver() {
        while (!status.isOver()) {
            changed.awaitUninterruptibly();
        }
    }

    private void become(JobStatus next) {
        if (!status.mayBecome(next)) {
            throw new IllegalStateException("job '" + id() + "': no step from " + status + " to "
                    + next);
        }
        status = next;
        emit(new JobEvent.StatusChange(id(), next));
        changed.signalAll();
    }

    private void emit(JobEvent event) {
        listener.accept(event);
    }

    /**
     * Every status in which a mirror works or waits for its user; for callers that wait for an end.
     */
    public static Set<JobStatus> over() {
        return EnumSet.of(JobStatus.CONCLUDED, JobStatus.NULL);
    }
}

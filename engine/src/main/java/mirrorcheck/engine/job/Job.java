// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.job.JobEvent.Operation;
import mirrorcheck.engine.job.JobEvent.Progress;

/**
 * Long work on block nodes with a life cycle that a user can query and steer (QMP {@code job-*} and
 * {@code block-job-*}).
 *
 * <p>One lock guards all state of a job, that of its subclass included, and one condition is
 * signalled whenever any of it changes. The work runs on one thread of its own, {@link #run}; verbs
 * come from any thread and return at once, but for finalize and cancel of a pending job, which
 * return when the job is over.
 */
public abstract class Job extends JobWork {
    private final JobOptions options;
    private Jobs jobs;

    /**
     * Makes a job that has no id in any list yet and does nothing.
     *
     * @param listener told of every event in order, with the lock held; it must not block
     */
    protected Job(JobOptions options, Consumer<JobEvent> listener, Clock clock) {
        this(options, listener, clock, new ReentrantLock());
    }

    /**
     * As {@link #Job(JobOptions, Consumer, Clock)}.
     *
     * @param lock guards the job; nobody else has it
     */
    protected Job(JobOptions options, Consumer<JobEvent> listener, Clock clock, Lock lock) {
        super(options, listener, clock, lock);
        this.options = options;
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
            state.begin();
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
            assert state.isCancelled();
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

    private void pend() {
        locked(() -> {
            checkCancelled();
            state.pend();
            checkCancelled();
        });
    }

    private void abortUnlessDone() {
        locked(() -> state.abortUnlessDone());
    }

    private void conclude() {
        locked(() -> {
            state.conclude(progress());
            if (options.autoDismiss()) {
                vanish();
            }
        });
    }

    /** The id is free before anybody can hear that it is. */
    private void vanish() {
        jobs.remove(this);
        state.vanish();
    }

    private void fail(BlockException error) {
        locked(() -> state.fail(error));
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
        locked(() -> state.pause());
    }

    /**
     * Lets a paused job go on, and forgets the error that stopped it.
     *
     * @throws BlockException EINVAL if nobody paused it; nothing has changed
     */
    public final void resume() throws BlockException {
        locked(() -> state.resume());
    }

    /**
     * Keeps an idle job from going on while somebody changes the graph around it, and shows it as
     * paused or standby. A job that is at work, or paused, is left alone: nothing of it has to stop
     * for a change.
     *
     * @return whether {@link #endDrain} must follow
     */
    public final boolean beginDrain() {
        lock.lock();
        try {
            return state.beginDrain();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the job go on, unless the user paused it meanwhile. */
    public final void endDrain() {
        locked(() -> state.endDrain());
    }

    /**
     * Asks a ready job to end. Asking again while it ends changes nothing.
     *
     * @throws BlockException EINVAL in a state that cannot complete, or if the end was asked for
     *         otherwise before
     */
    public final void complete() throws BlockException {
        locked(() -> {
            state.check(JobVerb.COMPLETE);
            onComplete();
            changed.signalAll();
        });
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
        locked(() -> {
            state.checkCancel(force);
            if (!force && (state.status() == JobStatus.READY
                    || state.status() == JobStatus.STANDBY)) {
                onSoftCancel();
            } else {
                state.cancel();
            }
            changed.signalAll();
            if (state.status() == JobStatus.PENDING) {
                awaitOver();
            }
        });
    }

    /**
     * Ends a pending job, unless cancel came first; it is over on return. EINVAL in any other
     * state.
     */
    public final void finalizeJob() throws BlockException {
        locked(() -> {
            state.finalizeJob();
            awaitOver();
        });
    }

    /** Forgets a concluded job. EINVAL in any other state. */
    public final void dismiss() throws BlockException {
        locked(() -> {
            state.check(JobVerb.DISMISS);
            vanish();
            changed.signalAll();
        });
    }

    /**
     * Sets the speed in bytes a second, 0 for none, and wakes a job that waits for its rate. EINVAL
     * if below 0.
     */
    public final void setSpeed(long bytesPerSecond) throws BlockException {
        locked(() -> {
            state.check(JobVerb.SET_SPEED);
            JobOptions.checkSpeed(bytesPerSecond);
            rateLimit.setSpeed(bytesPerSecond);
            changed.signalAll();
        });
    }

    /** What a query says now. */
    public final JobInfo info() {
        lock.lock();
        try {
            return state.info(progress(), activelySynced());
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
            while (!statuses.contains(state.status()) && !state.status().isOver()) {
                changed.await();
            }
            return state.status();
        } finally {
            lock.unlock();
        }
    }

    /** READY: the event and the status. */
    protected final void becomeReady() {
        state.becomeReady(progress());
    }

    private void awaitOver() {
        while (!state.status().isOver()) {
            changed.awaitUninterruptibly();
        }
    }

    /**
     * Every status in which a mirror works or waits for its user; for callers that wait for an end.
     */
    public static Set<JobStatus> over() {
        return EnumSet.of(JobStatus.CONCLUDED, JobStatus.NULL);
    }
}

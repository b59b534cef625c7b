// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.job.JobEvent.Operation;
import mirrorcheck.engine.job.JobEvent.Progress;
import mirrorcheck.engine.job.JobInfo.IoStatus;

/**
 * Where a job stands: its status, what the user wants of it, and what went wrong.
 *
 * <p>Everything here is called with the job's lock held. Every change is told to the listener as an
 * event, in its order, and wakes whoever waits for one.
 */
final class JobState {
    private final JobOptions options;
    private final Condition changed;
    private final Consumer<JobEvent> listener;
    private final RateLimit rateLimit;

    private JobStatus status = JobStatus.CREATED;
    private boolean ready;
    private boolean idle;
    private boolean ending;
    private boolean pauseWanted;
    private boolean drained;
    private boolean cancelled;
    private boolean finalizeWanted;
    private BlockException failure;
    private IoStatus ioStatus = IoStatus.OK;

    /**
     * The state of a job that has not begun.
     *
     * @param changed the job's condition, signalled after every change
     */
    JobState(JobOptions options, Condition changed, Consumer<JobEvent> listener,
            RateLimit rateLimit) {
        this.options = options;
        this.changed = changed;
        this.listener = listener;
        this.rateLimit = rateLimit;
    }

    // What there is to know.

    JobStatus status() {
        return status;
    }

    boolean isReady() {
        return ready;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** What the job fails with, or null. */
    BlockException failure() {
        return failure;
    }

    /** Whether the job should be quiet, for the user or for a change of the graph. */
    boolean pauseWanted() {
        return pauseWanted || drained;
    }

    /** Refuses a verb that the status does not take. */
    void check(JobVerb verb) throws BlockException {
        verb.check(options.id(), status);
    }

    JobInfo info(Progress progress, boolean activelySynced) {
        boolean over = status.isOver();
        String error = failure != null ? failureText()
                : over && cancelled ? Errno.ECANCELED.text() : null;
        boolean atWork = (status == JobStatus.RUNNING || status == JobStatus.READY)
                && (!idle || ending);
        boolean paused = pauseWanted || ending && !over;
        return new JobInfo(options.id(), status, progress, atWork, paused,
                rateLimit.speed(), ioStatus, ready && !over && status != JobStatus.PENDING,
                options.autoFinalize(), options.autoDismiss(), activelySynced, error);
    }

    /** What a client reads: the device's own words for an I/O error, ours for a refusal. */
    private String failureText() {
        return failure.errno() == Errno.EINVAL ? failure.getMessage() : failure.errno().text();
    }

    // What the job's thread does.

    void begin() {
        emit(new JobEvent.StatusChange(options.id(), status));
        become(JobStatus.RUNNING);
    }

    void becomeReady(Progress progress) {
        ready = true;
        become(JobStatus.READY);
        emit(new JobEvent.Ready(options.id(), progress, rateLimit.speed()));
    }

    /** The job waits with nothing in flight, so that a pause may begin at once; or no longer. */
    void idle(boolean value) {
        idle = value;
    }

    /** The end has begun, and the job shows as busy and paused; or it has not after all. */
    void ending(boolean value) {
        ending = value;
    }

    /** Waits, idle, as long as a pause is wanted. */
    void awaitResume() {
        while (pauseWanted() && !cancelled) {
            enterPause();
            changed.awaitUninterruptibly();
        }
    }

    /** Waiting, pending, and with auto-finalize=false the wait for the user. */
    void pend() {
        // A pause asked for too late for the work to see it: there is nothing left to pause.
        pauseWanted = false;
        become(JobStatus.WAITING);
        become(JobStatus.PENDING);
        if (!options.autoFinalize()) {
            emit(new JobEvent.Pending(options.id()));
            while (!finalizeWanted && !cancelled) {
                changed.awaitUninterruptibly();
            }
        }
        // From here on the job ends well or fails, whatever is asked of it: cancel comes too late.
        finalizeWanted |= !cancelled;
    }

    /** Aborting, unless all that was to be done is done. */
    void abortUnlessDone() {
        if (status != JobStatus.PENDING || cancelled || failure != null) {
            pauseWanted = false;
            ending = false;
            leavePause();
            become(JobStatus.ABORTING);
        }
    }

    void conclude(Progress progress) {
        idle = false;
        if (status == JobStatus.ABORTING && failure == null) {
            emit(new JobEvent.Cancelled(options.id(), progress, rateLimit.speed()));
        } else {
            emit(new JobEvent.Completed(options.id(), progress, rateLimit.speed(),
                    failure == null ? null : failureText()));
        }
        become(JobStatus.CONCLUDED);
    }

    void vanish() {
        become(JobStatus.NULL);
    }

    /** Remembers what the job fails with: the first failure, unless it was cancelled before. */
    void fail(BlockException error) {
        if (failure == null && !cancelled) {
            failure = error;
        }
    }

    /** See {@link Job#handleError}. */
    ErrorAction handleError(Operation operation, ErrorPolicy policy, BlockException error) {
        ErrorAction action = policy.on(error.errno());
        emit(new JobEvent.Error(options.id(), operation, action));
        if (action == ErrorAction.STOP && !cancelled) {
            pauseWanted = true;
            ioStatus = error.errno() == Errno.ENOSPC ? IoStatus.NOSPACE : IoStatus.FAILED;
        } else if (action == ErrorAction.REPORT) {
            // The device's words are what the user reads, not where in the engine it happened.
            fail(error.errno() == Errno.EINVAL
                    ? new BlockException(Errno.EINVAL, Errno.EINVAL.text(), error) : error);
        }
        changed.signalAll();
        return action;
    }

    // What the user wants.

    void pause() throws BlockException {
        check(JobVerb.PAUSE);
        if (pauseWanted) {
            throw BlockException.refused("Job is already paused");
        }
        pauseWanted = true;
        if (idle && !cancelled) {
            enterPause();
        }
        changed.signalAll();
    }

    void resume() throws BlockException {
        if (!pauseWanted) {
            throw BlockException.refused("Can't resume a job that was not paused");
        }
        pauseWanted = false;
        ioStatus = IoStatus.OK;
        leavePause();
        changed.signalAll();
    }

    /** See {@link Job#beginDrain}. */
    boolean beginDrain() {
        if (!idle || pauseWanted() || cancelled) {
            return false;
        }
        drained = true;
        enterPause();
        return true;
    }

    /** See {@link Job#endDrain}. */
    void endDrain() {
        drained = false;
        if (!pauseWanted) {
            leavePause();
        }
        changed.signalAll();
    }

    /** Refuses a cancel that the status does not take. */
    void checkCancel(boolean force) throws BlockException {
        check(JobVerb.CANCEL);
        if (pauseWanted && !force) {
            throw BlockException.refused("The block job for device '" + options.id()
                    + "' is currently paused");
        }
    }

    /** Ends the job, unless finalize came first. */
    void cancel() {
        if (!finalizeWanted) {
            cancelled = true;
            pauseWanted = false;
            leavePause();
        }
    }

    /** Lets a pending job end, unless cancel came first. */
    void finalizeJob() throws BlockException {
        check(JobVerb.FINALIZE);
        finalizeWanted = !cancelled;
        changed.signalAll();
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

    private void become(JobStatus next) {
        if (!status.mayBecome(next)) {
            throw new IllegalStateException("job '" + options.id() + "': no step from " + status
                    + " to " + next);
        }
        status = next;
        emit(new JobEvent.StatusChange(options.id(), next));
        changed.signalAll();
    }

    private void emit(JobEvent event) {
        listener.accept(event);
    }
}

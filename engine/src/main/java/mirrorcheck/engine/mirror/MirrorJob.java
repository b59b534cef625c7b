// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.job.ErrorAction;
import mirrorcheck.engine.job.ErrorPolicy;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobEvent;
import mirrorcheck.engine.job.JobEvent.Operation;
import mirrorcheck.engine.job.JobEvent.Progress;
import mirrorcheck.engine.job.JobOptions;
import mirrorcheck.engine.job.JobVerb;
import mirrorcheck.engine.mirror.InFlight.Range;
import mirrorcheck.engine.mirror.Plan.Action;
import mirrorcheck.engine.mirror.Plan.Step;
import mirrorcheck.engine.mirror.StepRunner.StepFailed;

/**
 * A running mirror: picks dirty runs, plans them, issues the requests, settles them, and converges.
 *
 * <p>The job's thread walks the dirty bitmap and asks the source for its block status; each request
 * runs on a thread of its own; guests write on theirs. What they share is in {@link MirrorState},
 * guarded by the job's lock.
 */
public final class MirrorJob extends Job {
    private enum Finish {
        PIVOT, POINT_IN_TIME_COPY
    }

    private final MirrorOptions options;
    private final MirrorParts parts;
    private final BlockNode source;
    private final BlockNode target;
    private final MirrorFilter filter;
    private final Geometry geometry;
    private final MirrorState state;
    private final Tracking tracking;
    private final InFlight inFlight;
    private final StepRunner runner;
    private final Lanes lanes;
    private final Retries retries;
    private final Place place;

    private Finish finish;
    /** Whether the last run was nothing but zeroes that are there already: much more may be. */
    private boolean expectsHole;

    MirrorJob(MirrorOptions options, MirrorParts parts, Graph graph, BlockNode source,
            BlockNode target, String filterName, Consumer<JobEvent> listener) {
        super(new JobOptions(options.jobId(), options.speed(), options.autoFinalize(),
                options.autoDismiss()), listener, parts.clock(), parts.locks().get());
        this.options = options;
        this.parts = parts;
        this.source = source;
        this.target = target;
        this.geometry = Geometry.of(source.length(), options.granularity(), options.bufSize(),
                target.limits());
        this.tracking = parts.tracking().apply(geometry, options.sync() != Sync.NONE);
        this.state = new MirrorState(lock, changed, geometry, tracking,
                parts.clusters().apply(target, geometry), parts.inFlight().get(),
                options.copyMode(), error -> requestFailed(Operation.WRITE, error));
        this.inFlight = state.inFlight();
        this.runner = new StepRunner(source, target);
        this.lanes = new Lanes(parts.executor(), Math.min(InFlight.MAX_REQUESTS,
                Math.max(source.usefulRequests(), target.usefulRequests())));
        this.filter = new MirrorFilter(filterName, source, target,
                new GuestWrites(state, source, target));
        this.retries = new Retries(parts.clock());
        this.place = new Place(graph, filter);
    }

    MirrorFilter filter() {
        return filter;
    }

    /** Whether {@code node} is its source, its target or its filter. */
    public boolean uses(BlockNode node) {
        return node == source || node == target || node == filter;
    }

    /** Bytes a chunk: what one bit of the dirty bitmap stands for. */
    public long granularity() {
        return geometry.granularity();
    }

    /** Bytes that the dirty bitmap says are still to be copied. */
    public long dirtyBytes() {
        lock.lock();
        try {
            return tracking.dirtyBytes();
        } finally {
            lock.unlock();
        }
    }

    /** The node above the source while the job runs. */
    public String filterNodeName() {
        return filter.nodeName();
    }

    /**
     * Changes when guest writes reach the target (QMP {@code block-job-change}); only towards
     * write-blocking.
     *
     * @throws BlockException EINVAL in a state that takes no change, or towards background; nothing
     *         has changed
     */
    public void changeCopyMode(CopyMode mode) throws BlockException {
        locked(() -> {
            JobVerb.CHANGE.check(id(), info().status());
            state.changeCopyMode(mode);
            changed.signalAll();
        });
    }

    // The job's thread.

    @Override
    protected void run() throws BlockException {
        if (source.length() != target.length()) {
            throw BlockException.refused("Source and target image have different sizes");
        }
        scan();
        lock.lock();
        try {
            state.start();
            boolean converged = false;
            while (!converged) {
                converged = turn();
            }
        } finally {
            // However the loop ended, a job is at work, and says so, with requests in flight.
            while (inFlight.requests() > 0) {
                awaitChange();
            }
            lock.unlock();
        }
    }

    private void scan() throws BlockException {
        new StartScan(source, target, options, geometry).run(state, new StartScan.Owner() {
            @Override
            public void pausePoint() {
                locked(MirrorJob.this::pausePoint);
            }

            @Override
            public void preZeroFailed(BlockException error) throws BlockException {
                locked(() -> {
                    handleError(Operation.WRITE, options.onTargetError(), error);
                    checkFailed();
                });
            }
        });
    }

    /** One turn of the loop, with the lock held; true when the job has come to its end. */
    private boolean turn() throws BlockException {
        checkCancelled();
        checkFailed();
        if (pauseWanted()) {
            if (inFlight.requests() > 0) {
                awaitChange();
            } else {
                pausePoint();
            }
            return false;
        }
        state.recount();
        long delay = Math.max(rateDelay(), retries.delay());
        long most = expectsHole ? geometry.length() : geometry.window();
        ChunkRange run = delay > 0 ? null : state.nextRun(most);
        if (run != null) {
            copyRun(run);
        } else if (inFlight.requests() > 0) {
            awaitChange();
        } else if (tracking.dirtyBytes() > 0 || delay > 0 && !isReady()) {
            // Held back by the rate, by a retry, or by guest writes in flight on the last dirty
            // chunks.
            awaitIdle(delay);
        } else if (!isReady()) {
            reachReady();
        } else {
            state.lookIfClean();
            if (finish != null) {
                return converge();
            }
            awaitIdle(0);
        }
        return false;
    }

    /**
     * Issues the requests of one dirty run, as far as nobody wants a pause.
     *
     * <p>One look at the source serves for all requests up to the end of what it told of: the run is
     * clean from before that look, so whatever a guest changes meanwhile is dirty anew. A run
     * longer than the window was taken in the hope of a hole: what is none is given back at once.
     */
    private void copyRun(ChunkRange run) throws BlockException {
        Geometry units = state.planned(run);
        Range rest = state.pick(run);
        boolean hoped = expectsHole;
        expectsHole = false;
        Extent seen = null;
        try {
            while (rest.bytes() > 0 && !pauseWanted()) {
                if (seen == null || seen.end() <= rest.offset()) {
                    seen = sourceStatus(rest);
                    checkCancelled();
                }
                Step step = Plan.next(rest.offset(), rest.end(), seen.from(rest.offset()), units,
                        tracking::knownZero);
                if (step.action() == Action.SKIP) {
                    expectsHole = step.bytes() == run.bytes();
                    inFlight.skip(rest, step.bytes());
                    state.advance(step.bytes());
                } else if (hoped && run.bytes() > geometry.window()) {
                    return;
                } else if (awaitRoom(step)) {
                    issue(step, rest);
                    checkFailed();
                }
            }
        } finally {
            state.putBack(rest);
        }
    }

    private Extent sourceStatus(Range rest) {
        long offset = rest.offset();
        long bytes = rest.bytes();
        lock.unlock();
        try {
            return runner.sourceStatus(offset, bytes);
        } finally {
            lock.lock();
        }
    }

    /** Waits until the request may be issued; false if a pause came first. */
    private boolean awaitRoom(Step step) throws BlockException {
        while (!inFlight.hasRoomFor(step.bufferBytes(), geometry.window()) && !pauseWanted()) {
            awaitChange();
            checkCancelled();
            checkFailed();
        }
        return !pauseWanted();
    }

    private void issue(Step step, Range rest) {
        boolean unmaps = target.options().discard() == Discard.UNMAP;
        if (step.action() != Action.ZERO) {
            tracking.dataIssued(step.offset(), step.bytes());
        }
        if (step.action() == Action.COPY || step.action() == Action.ZERO && !unmaps) {
            charge(step.bytes());
        }
        Range request = inFlight.split(rest, step.bytes(), step.bufferBytes());
        try {
            lanes.begin(() -> carryOut(step, request));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            settle(step, request,
                    new BlockException(Errno.EAGAIN, "job '" + id() + "': no thread for a request",
                    e), Operation.WRITE);
            changed.signalAll();
        }
    }

    // The threads of requests.

    /** Carries a request out, and gives the next one for this thread. */
    private Lanes.Request carryOut(Step step, Range range) {
        BlockException error = null;
        Operation operation = Operation.WRITE;
        try {
            runner.run(step);
        } catch (StepFailed e) {
            operation = e.operation();
            error = e.error();
        } catch (RuntimeException | Error e) {
            error = new BlockException(Errno.EIO, "job '" + id() + "': internal error: " + e, e);
            // The bug is to be seen; the thread has other requests to carry out.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
        lock.lock();
        try {
            settle(step, range, error, operation);
            Lanes.Request next = lanes.next();
            if (error != null || lanes.isShort() || state.guestsWait()) {
                changed.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** With the lock held. */
    private void settle(Step step, Range range, BlockException error, Operation operation) {
        if (error == null) {
            if (step.action() == Action.ZERO) {
                tracking.zeroed(step.offset(), step.bytes());
            } else if (step.action() == Action.COPY) {
                tracking.copied(step.offset(), step.bytes());
            }
            if (step.action() != Action.DISCARD) {
                state.written(step.offset(), step.bytes());
            }
            state.advance(step.bytes());
            retries.succeeded();
        } else {
            state.failed(step.offset(), step.bytes());
            requestFailed(operation, error);
        }
        inFlight.settle(range);
    }

    private void requestFailed(Operation operation, BlockException error) {
        ErrorPolicy policy = operation == Operation.READ ? options.onSourceError()
                : options.onTargetError();
        if (handleError(operation, policy, error) == ErrorAction.IGNORE) {
            retries.failed();
        }
    }

    // READY and the end, on the job's thread.

    private void reachReady() {
        if (flushTarget() && settled()) {
            state.lookIfClean();
            becomeReady();
        }
    }

    private boolean settled() {
        return tracking.dirtyBytes() == 0 && inFlight.requests() == 0 && !pauseWanted();
    }

    /**
     * Keeps the guest out, and is done if it has left nothing dirty. The guest stays out until the
     * graph shows the end.
     */
    private boolean converge() throws BlockException {
        beginEnding(true);
        boolean flushed = flushTarget();
        checkCancelled();
        checkFailed();
        if (flushed) {
            lock.unlock();
            try {
                place.keepGuestsOut();
            } finally {
                lock.lock();
            }
            checkCancelled();
            checkFailed();
            if (settled()) {
                return true;
            }
            place.letGuestsIn();
        }
        beginEnding(false);
        return false;
    }

    /**
     * With the lock held, which is given up meanwhile; false if it failed and the user wants it
     * tried again.
     */
    private boolean flushTarget() {
        if (geometry.length() == 0) {
            return true;
        }
        lock.unlock();
        BlockException error = null;
        try {
            target.flush();
        } catch (BlockException e) {
            error = e;
        } finally {
            lock.lock();
        }
        return error == null
                || handleError(Operation.WRITE, options.onTargetError(),
                error) == ErrorAction.IGNORE;
    }

    @Override
    protected void prepare() throws BlockException {
        try {
            // Guest writes that went to both ends since the last flush are part of what READY
            // promised.
            target.flush();
        } catch (BlockException e) {
            if (options.onTargetError() != ErrorPolicy.IGNORE) {
                throw e;
            }
        }
        place.moveGuestsTo(finish == Finish.PIVOT ? target : source);
    }

    @Override
    protected void cleanUp() {
        locked(state::stop);
        place.leave();
    }

    @Override
    protected void onComplete() throws BlockException {
        if (finish == Finish.POINT_IN_TIME_COPY) {
            throw BlockException.refused("The active block job '" + id() + "' cannot be completed");
        }
        finish = Finish.PIVOT;
    }

    @Override
    protected void onSoftCancel() {
        if (finish == null) {
            finish = Finish.POINT_IN_TIME_COPY;
        }
    }

    @Override
    protected Progress progress() {
        if (!pauseWanted()) {
            state.recount();
        }
        return state.progress();
    }

    @Override
    protected boolean activelySynced() {
        if (isReady() && !pauseWanted()) {
            state.lookIfClean();
        }
        return state.activelySynced();
    }
}

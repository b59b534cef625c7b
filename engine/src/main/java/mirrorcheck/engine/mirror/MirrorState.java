// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.job.JobEvent.Progress;
import mirrorcheck.engine.mirror.InFlight.Range;

/**
 * What the threads of a mirror share: the bitmaps, the ranges in flight, the counters, and how far
 * the job is.
 *
 * <p>The job's lock guards all of it. The methods of the job's side are called with the lock held,
 * those of the scan and of the guests' side take it; nobody holds it during a request.
 */
final class MirrorState {
    private final Lock lock;
    private final Condition changed;
    private final Geometry geometry;
    private final Tracking tracking;
    private final WholeClusters clusters;
    private final InFlight inFlight;
    private final Consumer<BlockException> targetFailed;

    private CopyMode copyMode;
    private boolean started;
    private boolean stopped;
    private boolean activelySynced;
    private long cursor;
    private long total;
    private long done;
    private long picked;
    private long activeBytes;
    private int waitingGuests;

    /**
     * The state of a job that has not begun.
     *
     * @param lock         the job's
     * @param changed      the job's, signalled after every change
     * @param targetFailed told, with the lock held, when a guest's write failed at the target
     */
    MirrorState(Lock lock, Condition changed, Geometry geometry, Tracking tracking,
            WholeClusters clusters, InFlight inFlight, CopyMode copyMode,
            Consumer<BlockException> targetFailed) {
        this.lock = lock;
        this.changed = changed;
        this.geometry = geometry;
        this.tracking = tracking;
        this.clusters = clusters;
        this.inFlight = inFlight;
        this.copyMode = copyMode;
        this.targetFailed = targetFailed;
    }

    // The job's side, with the lock held.

    InFlight inFlight() {
        return inFlight;
    }

    /** From now on guest writes may go to both ends: the scan is done. */
    void start() {
        started = true;
        recount();
    }

    /** From now on guest writes go to the source only: the job is at its end. */
    void stop() {
        stopped = true;
        activelySynced = false;
    }

    /**
     * Changes when guest writes reach the target.
     *
     * @throws BlockException EINVAL towards background; nothing has changed
     */
    void changeCopyMode(CopyMode mode) throws BlockException {
        if (copyMode == CopyMode.WRITE_BLOCKING && mode == CopyMode.BACKGROUND) {
            throw BlockException.refused("Change to copy mode 'background' is not implemented");
        }
        copyMode = mode;
    }

    /**
     * Counts what is left to do. Between two counts, as long as the job is paused, only writes to
     * both ends make it more: what they wrote, also if the target failed, as a client of QEMU sees
     * it. The chunks they left behind show in the next count.
     */
    void recount() {
        total = done + tracking.dirtyBytes() + picked + activeBytes;
    }

    /** If nothing is left to copy, writes to both ends keep it so from now on. */
    void lookIfClean() {
        activelySynced |= copyMode == CopyMode.WRITE_BLOCKING && !stopped
                && tracking.dirtyBytes() == 0 && picked == 0;
    }

    /** Whether every acknowledged guest write is in the target, as far as the job has looked. */
    boolean activelySynced() {
        return activelySynced;
    }

    /** How far the job is; nothing as long as nobody knows how much there is to do. */
    Progress progress() {
        return started ? new Progress(total, done) : new Progress(0, 0);
    }

    /**
     * The next dirty run with nothing in flight on it, widened to whole clusters where it must be,
     * from the cursor on and then once around; null if none.
     *
     * @param most bytes that it is long at most, before it is widened
     */
    ChunkRange nextRun(long most) {
        long from = cursor;
        boolean wrapped = false;
        while (true) {
            ChunkRange run = tracking.nextDirty(from, most);
            if (run == null || wrapped && run.offset() >= cursor) {
                if (wrapped || cursor == 0) {
                    return null;
                }
                wrapped = true;
                from = 0;
                continue;
            }
            ChunkRange whole = clusters.widened(run);
            Range conflict = inFlight.conflict(whole);
            if (conflict == null) {
                cursor = whole.end();
                return whole;
            }
            Geometry units = clusters.planned(run);
            long free = units.chunkStart(conflict.offset()) - whole.offset();
            if (free > 0) {
                cursor = whole.offset() + free;
                return new ChunkRange(whole.offset(), free);
            }
            from = Geometry.roundUp(conflict.end(), units.granularity());
        }
    }

    /**
     * Takes a run to copy it. It is clean from now on, so that a guest write that comes while the
     * source is looked at or read makes it dirty anew (bug N06).
     */
    Range pick(ChunkRange run) {
        tracking.picked(run.offset(), run.bytes());
        picked += run.bytes();
        return inFlight.add(run.offset(), run.bytes());
    }

    /** Gives back what is left of a picked run; the next run begins there. */
    void putBack(Range rest) {
        if (rest.bytes() > 0) {
            failed(rest.offset(), rest.bytes());
            cursor = rest.offset();
        }
        inFlight.remove(rest);
        changed.signalAll();
    }

    /** A part of a picked run is done, by a request or because nothing was to be done. */
    void advance(long bytes) {
        picked -= bytes;
        done += bytes;
    }

    /** Whether a guest waits for a request in flight. */
    boolean guestsWait() {
        return waitingGuests > 0;
    }

    /** What a step wrote has reached the target. */
    void written(long offset, long bytes) {
        clusters.filled(offset, bytes);
    }

    /** The sizes by which a run is to be planned, see {@link WholeClusters#planned}. */
    Geometry planned(ChunkRange run) {
        return clusters.planned(run);
    }

    /** A part of a picked run must be copied again. */
    void failed(long offset, long bytes) {
        tracking.failed(offset, bytes);
        picked -= bytes;
    }

    // The scan, before the start.

    /** See {@link Tracking#targetIsZero}. */
    void targetIsZero() {
        update(tracking::targetIsZero);
    }

    /** See {@link Tracking#found}. */
    void found(long offset, long bytes) {
        update(() -> tracking.found(offset, bytes));
    }

    // The guests' side.

    /** A write that goes to both ends, and the range in flight that keeps others away from it. */
    record ActiveWrite(Range range, WholeClusters.Write write) {
    }

    /**
     * Begins a write that goes to both ends, once nothing before it overlaps.
     *
     * @return the write, for {@link #endActiveWrite}; null if guest writes go to the source only
     */
    ActiveWrite beginActiveWrite(long offset, long bytes) {
        lock.lock();
        try {
            if (!writesBoth()) {
                return null;
            }
            WholeClusters.Write widest = clusters.widened(offset, bytes);
            Range range = inFlight.add(widest.offset(), widest.bytes());
            while (inFlight.mustWait(range)) {
                waitingGuests++;
                changed.awaitUninterruptibly();
                waitingGuests--;
            }
            if (!writesBoth()) {
                inFlight.remove(range);
                changed.signalAll();
                return null;
            }
            // What came before may have filled the clusters.
            WholeClusters.Write write = clusters.widened(offset, bytes);
            tracking.activeWriteBegins(write.offset(), write.bytes());
            activeBytes += write.bytes();
            total += write.bytes();
            return new ActiveWrite(range, write);
        } finally {
            lock.unlock();
        }
    }

    /**
     * During the scan writes are only recorded: what they touch may not have been looked at yet
     * (bug B05).
     */
    private boolean writesBoth() {
        return copyMode == CopyMode.WRITE_BLOCKING && started && !stopped;
    }

    /**
     * Ends what {@link #beginActiveWrite} began.
     *
     * @param mirrored    whether both ends have the write
     * @param targetError what the target said if it failed; null if the source did
     */
    void endActiveWrite(ActiveWrite active, boolean mirrored, BlockException targetError) {
        WholeClusters.Write write = active.write();
        lock.lock();
        try {
            activeBytes -= write.bytes();
            if (mirrored) {
                done += write.bytes();
                clusters.filled(write.offset(), write.bytes());
            } else {
                tracking.failed(write.offset(), write.bytes());
                activelySynced = false;
            }
            if (targetError != null && !stopped) {
                targetFailed.accept(targetError);
            }
            inFlight.remove(active.range());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A guest wrote to the source only: also in write-blocking mode, if the write began before the
     * job started or the mode changed. The target lacks it until it is copied (rule SYNCED-1).
     */
    void guestWrote(long offset, long bytes) {
        update(() -> {
            tracking.guestWrote(offset, bytes);
            activelySynced = false;
        });
    }

    /** See {@link Tracking#dataIssued}. */
    void dataIssued(long offset, long bytes) {
        update(() -> tracking.dataIssued(offset, bytes));
    }

    /** See {@link Tracking#guestZeroed}. */
    void guestZeroed(long offset, long bytes) {
        update(() -> tracking.guestZeroed(offset, bytes));
    }

    private void update(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** See {@link Tracking#knownZero}. */
    boolean knownZero(long offset, long bytes) {
        lock.lock();
        try {
            return tracking.knownZero(offset, bytes);
        } finally {
            lock.unlock();
        }
    }
}

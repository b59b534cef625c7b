// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.job.JobEvent.Progress;
import mirrorcheck.engine.mirror.InFlight.Range;
import mirrorcheck.engine.mirror.MirrorState.ActiveWrite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which run comes next, what is counted, and when both ends are the same. Sizes in chunks. */
@Timeout(20)
class MirrorStateTest {
    private static final long CHUNK = 64 << 10;
    private static final long LENGTH = 16 * CHUNK;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Geometry geometry = Geometry.of(LENGTH, CHUNK, 0, Limits.NONE);
    private final Tracking tracking = new Tracking(geometry, true);
    private final InFlight inFlight = new InFlight();
    private final List<Errno> targetErrors = new ArrayList<>();

    private MirrorState background() throws BlockException {
        return state(CopyMode.BACKGROUND, 0);
    }

    private MirrorState writeBlocking() throws BlockException {
        MirrorState state = state(CopyMode.WRITE_BLOCKING, 0);
        state.start();
        return state;
    }

    /** With the lock held, as it is on the job's side; the guests' side takes it once more. */
    private MirrorState state(CopyMode mode, long cluster) throws BlockException {
        lock.lock();
        MemoryNode memory = new MemoryNode(NodeOptions.named("memory"), LENGTH);
        FilterNode target = new FilterNode(NodeOptions.named("target"), memory, true) {
            @Override
            public long firstWriteUnit() {
                return cluster;
            }
        };
        return new MirrorState(lock, changed, geometry, tracking,
                new WholeClusters(target, geometry), inFlight, mode,
                error -> targetErrors.add(error.errno()));
    }

    private static ChunkRange chunks(long offset, long count) {
        return new ChunkRange(offset * CHUNK, count * CHUNK);
    }

    private ChunkRange pickNext(MirrorState state, long most) {
        ChunkRange run = state.nextRun(most * CHUNK);
        if (run != null) {
            inFlight.remove(state.pick(run));
        }
        return run;
    }

    @Test
    void runsComeInOrderAndThenFromTheStartAgain() throws BlockException {
        MirrorState state = background();
        tracking.found(2 * CHUNK, 3 * CHUNK);
        tracking.found(8 * CHUNK, CHUNK);

        assertEquals(chunks(2, 2), pickNext(state, 2));
        assertEquals(chunks(4, 1), pickNext(state, 2));
        tracking.guestWrote(0, 1);
        tracking.guestWrote(4 * CHUNK, 1);
        assertEquals(chunks(8, 1), pickNext(state, 2), "not back to what a guest wrote");
        assertEquals(chunks(0, 1), pickNext(state, 2));
        assertEquals(chunks(4, 1), pickNext(state, 2));
        assertNull(pickNext(state, 2));
    }

    @Test
    void afterARoundTheSameChunkComesAgain() throws BlockException {
        MirrorState state = background();
        tracking.found(3 * CHUNK, CHUNK);
        assertEquals(chunks(3, 1), pickNext(state, 1));
        tracking.guestWrote(3 * CHUNK, 1);
        assertEquals(chunks(3, 1), pickNext(state, 1));
        tracking.guestWrote(15 * CHUNK, 1);
        assertEquals(chunks(15, 1), pickNext(state, 1));
        tracking.guestWrote(15 * CHUNK, 1);
        assertEquals(chunks(15, 1), pickNext(state, 1));
    }

    @Test
    void whatIsInFlightIsLeftOutOfARunAndPassedBy() throws BlockException {
        MirrorState state = background();
        tracking.found(0, 8 * CHUNK);
        Range guest = inFlight.add(2 * CHUNK + 512, CHUNK);

        assertEquals(chunks(0, 2), pickNext(state, 8), "up to the chunk that the guest writes");
        assertEquals(chunks(4, 4), pickNext(state, 8), "and on behind the last that it touches");
        assertNull(pickNext(state, 8));
        inFlight.remove(guest);
        assertEquals(chunks(2, 2), pickNext(state, 8));
    }

    @Test
    void withTheFirstChunkInFlightTheRunBeginsBehind() throws BlockException {
        MirrorState state = background();
        tracking.found(0, 2 * CHUNK);
        inFlight.add(0, 512);

        assertEquals(chunks(1, 1), pickNext(state, 8));
        assertNull(pickNext(state, 8));
    }

    @Test
    void aRunIsWidenedToClustersThatAreNotFilled() throws BlockException {
        MirrorState state = state(CopyMode.BACKGROUND, 4 * CHUNK);
        tracking.found(5 * CHUNK, CHUNK);

        assertEquals(4 * CHUNK, state.planned(chunks(5, 1)).granularity());
        assertEquals(chunks(4, 4), pickNext(state, 1));
        state.written(4 * CHUNK, 4 * CHUNK);
        tracking.found(5 * CHUNK, CHUNK);
        assertEquals(CHUNK, state.planned(chunks(5, 1)).granularity());
        assertEquals(chunks(5, 1), pickNext(state, 1));
    }

    @Test
    void aWidenedRunWaitsForTheWholeClusterThatSomebodyWrites() throws BlockException {
        MirrorState state = state(CopyMode.BACKGROUND, 4 * CHUNK);
        tracking.found(5 * CHUNK, CHUNK);
        tracking.found(9 * CHUNK, CHUNK);
        inFlight.add(7 * CHUNK, CHUNK);

        assertEquals(chunks(8, 4), pickNext(state, 1));
        assertNull(pickNext(state, 1));
    }

    @Test
    void aRunThatIsPutBackIsTheNextOne() throws BlockException {
        MirrorState state = background();
        tracking.found(0, 8 * CHUNK);
        Range run = state.pick(state.nextRun(4 * CHUNK));
        Range request = inFlight.split(run, CHUNK, CHUNK);
        state.putBack(run);

        assertEquals(7 * CHUNK, tracking.dirtyBytes());
        assertEquals(chunks(1, 4), state.nextRun(4 * CHUNK));
        state.advance(CHUNK);
        inFlight.settle(request);
        state.start();
        assertEquals(new Progress(8 * CHUNK, CHUNK), state.progress());
    }

    @Test
    void nothingPutBackMovesNothing() throws BlockException {
        MirrorState state = background();
        tracking.found(0, 2 * CHUNK);
        Range run = state.pick(state.nextRun(CHUNK));
        inFlight.skip(run, CHUNK);
        state.advance(CHUNK);
        state.putBack(run);

        assertEquals(CHUNK, tracking.dirtyBytes());
        assertNull(inFlight.conflict(chunks(0, 16)));
        assertEquals(chunks(1, 1), state.nextRun(CHUNK));
    }

    @Test
    void whatIsLeftIsDirtyPickedOrOnItsWayToBothEnds() throws BlockException {
        MirrorState state = state(CopyMode.WRITE_BLOCKING, 0);
        tracking.found(0, 6 * CHUNK);
        assertEquals(new Progress(0, 0), state.progress(), "before the scan has ended");
        state.start();
        assertEquals(new Progress(6 * CHUNK, 0), state.progress());

        Range run = state.pick(state.nextRun(2 * CHUNK));
        inFlight.remove(run);
        ActiveWrite write = state.beginActiveWrite(8 * CHUNK, 512);
        state.recount();
        assertEquals(new Progress(6 * CHUNK + 512, 0), state.progress());
        state.advance(2 * CHUNK);
        state.endActiveWrite(write, true, null);
        state.recount();
        assertEquals(new Progress(6 * CHUNK + 512, 2 * CHUNK + 512), state.progress());

        state.failed(0, CHUNK);
        assertEquals(5 * CHUNK, tracking.dirtyBytes());
        assertNull(inFlight.conflict(chunks(0, 16)));
    }

    @Test
    void aWriteToBothEndsIsCountedWhenItBegins() throws BlockException {
        MirrorState state = writeBlocking();
        ActiveWrite write = state.beginActiveWrite(CHUNK, 2 * CHUNK);
        assertEquals(new Progress(2 * CHUNK, 0), state.progress());
        assertTrue(inFlight.conflict(chunks(1, 2)) == write.range());

        state.endActiveWrite(write, false, new BlockException(Errno.ENOSPC, "full"));
        assertEquals(List.of(Errno.ENOSPC), targetErrors);
        assertEquals(2 * CHUNK, tracking.dirtyBytes());
        assertEquals(new Progress(2 * CHUNK, 0), state.progress());
        assertNull(inFlight.conflict(chunks(0, 16)));
    }

    /** A guest whose write waits for what is in flight before it. */
    private FutureTask<ActiveWrite> waiting(MirrorState state, long offset, long bytes) {
        int before = lock.getWaitQueueLength(changed);
        FutureTask<ActiveWrite> guest = new FutureTask<>(
                () -> state.beginActiveWrite(offset, bytes));
        Thread.ofPlatform().daemon().start(guest);
        while (lock.getWaitQueueLength(changed) == before) {
            lock.unlock();
            Thread.onSpinWait();
            lock.lock();
        }
        return guest;
    }

    private ActiveWrite result(FutureTask<ActiveWrite> guest) throws Exception {
        lock.unlock();
        try {
            return guest.get(10, TimeUnit.SECONDS);
        } finally {
            lock.lock();
        }
    }

    @Test
    void aGuestWaitsForTheRestOfARunUntilItIsPutBack() throws Exception {
        MirrorState state = writeBlocking();
        tracking.found(0, 4 * CHUNK);
        Range run = state.pick(state.nextRun(4 * CHUNK));
        assertFalse(state.guestsWait());

        FutureTask<ActiveWrite> guest = waiting(state, CHUNK, 512);
        assertTrue(state.guestsWait());
        state.putBack(run);

        assertEquals(CHUNK, result(guest).write().offset());
        assertFalse(state.guestsWait());
    }

    @Test
    void aGuestThatWaitedForTheEndOfTheJobWritesToTheSourceOnly() throws Exception {
        MirrorState state = writeBlocking();
        ActiveWrite first = state.beginActiveWrite(0, CHUNK);
        FutureTask<ActiveWrite> guest = waiting(state, 512, 512);

        state.stop();
        state.endActiveWrite(first, true, null);

        assertNull(result(guest));
        assertNull(inFlight.conflict(chunks(0, 16)));
        assertFalse(state.guestsWait());
    }

    @Test
    void aWriteThatTheSourceRefusedIsNoErrorOfTheTarget() throws BlockException {
        MirrorState state = writeBlocking();
        state.endActiveWrite(state.beginActiveWrite(0, 512), false, null);

        assertEquals(List.of(), targetErrors);
        assertEquals(CHUNK, tracking.dirtyBytes());
    }

    @Test
    void atTheEndOfTheJobNobodyHearsOfTheTargetAnyMore() throws BlockException {
        MirrorState state = writeBlocking();
        ActiveWrite write = state.beginActiveWrite(0, 512);
        state.stop();
        state.endActiveWrite(write, false, new BlockException(Errno.EIO, "gone"));

        assertEquals(List.of(), targetErrors);
        assertNull(state.beginActiveWrite(0, 512));
    }

    @Test
    void writesGoToTheSourceOnlyBeforeTheStartAndInBackgroundMode() throws BlockException {
        MirrorState state = state(CopyMode.WRITE_BLOCKING, 0);
        assertNull(state.beginActiveWrite(0, 512));

        MirrorState other = background();
        other.start();
        assertNull(other.beginActiveWrite(0, 512));
        other.changeCopyMode(CopyMode.BACKGROUND);
        other.changeCopyMode(CopyMode.WRITE_BLOCKING);
        other.endActiveWrite(other.beginActiveWrite(0, 512), true, null);
        assertEquals("Change to copy mode 'background' is not implemented",
                assertThrows(BlockException.class,
                        () -> other.changeCopyMode(CopyMode.BACKGROUND)).getMessage());
    }

    @Test
    void bothEndsAreTheSameOnceNothingIsLeftUntilAWriteMissesTheTarget() throws BlockException {
        MirrorState state = writeBlocking();
        tracking.found(0, 2 * CHUNK);
        state.lookIfClean();
        assertFalse(state.activelySynced(), "two chunks are dirty");
        Range run = state.pick(state.nextRun(2 * CHUNK));
        state.lookIfClean();
        assertFalse(state.activelySynced(), "they are on their way");
        inFlight.remove(run);
        state.advance(2 * CHUNK);
        state.lookIfClean();
        assertTrue(state.activelySynced());

        ActiveWrite write = state.beginActiveWrite(0, 512);
        state.lookIfClean();
        assertTrue(state.activelySynced(), "it is not acknowledged yet");
        state.endActiveWrite(write, true, null);
        assertTrue(state.activelySynced());

        state.guestWrote(0, 512);
        assertFalse(state.activelySynced(), "it began before the mode changed");
    }

    @Test
    void bothEndsAreNotTheSameAfterAFailureAtTheEndOrInBackgroundMode() throws BlockException {
        MirrorState state = writeBlocking();
        state.lookIfClean();
        state.endActiveWrite(state.beginActiveWrite(0, 512), false, null);
        assertFalse(state.activelySynced());
        tracking.picked(0, CHUNK);
        state.lookIfClean();
        assertTrue(state.activelySynced());
        state.stop();
        assertFalse(state.activelySynced());
        state.lookIfClean();
        assertFalse(state.activelySynced());

        MirrorState other = background();
        other.start();
        other.lookIfClean();
        assertFalse(other.activelySynced());
    }
}

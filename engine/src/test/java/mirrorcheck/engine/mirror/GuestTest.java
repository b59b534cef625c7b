// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.SimClock;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.mirror.Gate.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guests that write while a mirror runs: races as recipes, in both copy modes. Names of bugs are
 * those of BUGS.md.
 */
@Timeout(20)
class GuestTest {
    private static final int K = 1024;
    private static final long M = 1 << 20;
    private static final int CHUNK = 64 * K;

    @TempDir
    Path dir;

    private MirrorFixture filled() throws Exception {
        MirrorFixture m = MirrorFixture.of(dir, M);
        m.fillSource(0, (int) M, 1);
        return m;
    }

    private static MirrorOptions options(CopyMode mode) {
        return MirrorFixture.full().withCopyMode(mode).withGranularity(CHUNK);
    }

    @ParameterizedTest
    @EnumSource
    void writeInFlightWhileTheJobStartsIsNotLost(CopyMode mode) throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, M); Attachment guest = m.guest()) {
            Gate.Hold write = m.sourceGate.hold(Kind.WRITE);
            CompletableFuture<Void> writing = Guest.writing(guest, 100 * K, 4 * K, 7);
            write.await(1);
            CompletableFuture<Void> mirror = Guest.async(() -> m.ready(options(mode)));
            // The start waits for the write: until it is over nobody has looked at the source.
            assertFalse(mirror.isDone());
            write.open();
            Guest.await(writing);
            Guest.await(mirror);
            m.finish((MirrorJob) m.jobs.find("j"));

            assertTrue(m.identical());
        }
    }

    @ParameterizedTest
    @EnumSource
    void writeDuringTheScanIsOnlyRecordedAndCopiedLater(CopyMode mode) throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            Gate.Hold look = m.targetGate.hold(Kind.STATUS);
            MirrorJob job = m.start(options(mode));
            look.await(1);
            Guest.write(guest, 100 * K, 4 * K, 7);
            guest.writeZeroes(300 * K, 100 * K, WriteFlag.NONE);
            assertEquals(List.of(), m.targetGate.changes());
            assertEquals(0, job.info().progress().len());
            look.open();
            job.await(Set.of(JobStatus.READY));
            m.finish(job);

            assertTrue(m.identical());
        }
    }

    @ParameterizedTest
    @EnumSource
    void writeDuringThePreZeroingIsCopiedLater(CopyMode mode) throws Exception {
        try (MirrorFixture m = new MirrorFixture(dir, M,
                NodeOptions.named("target").withDiscard(Discard.UNMAP));
                Attachment guest = m.guest()) {
            m.fillTarget(0, (int) M, 3);
            Gate.Hold punch = m.targetGate.hold(Kind.UNMAP);
            MirrorJob job = m.start(options(mode));
            punch.await(1);
            Guest.write(guest, 100 * K, 4 * K, 7);
            punch.open();
            job.await(Set.of(JobStatus.READY));
            m.finish(job);

            assertTrue(m.identical());
        }
    }

    /** B07: an active write smaller than its chunk leaves the rest of the chunk dirty. */
    @Test
    void unalignedActiveWriteLeavesTheRestOfItsChunksDirty() throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            SimClock clock = SimClock.standing();
            MirrorJob job = m.start(options(CopyMode.WRITE_BLOCKING).withBufSize(1).withSpeed(1),
                    MirrorParts.standard().withClock(clock));
            clock.awaitWaiters(1);
            Guest.write(guest, 5 * CHUNK + 512, 512, 7);
            Guest.write(guest, 7 * CHUNK - 700, 1000, 8);
            Guest.write(guest, 9 * CHUNK - 1, CHUNK + 2, 9);
            guest.writeZeroes(12 * CHUNK + 100, 3000, WriteFlag.NONE);
            long len = job.info().progress().len();
            job.setSpeed(0);
            job.await(Set.of(JobStatus.READY));

            // Only the chunk that was covered needed no copy: the other bytes went twice.
            assertEquals(M + 512 + 1000 + 2 + 3000, len);
            m.finish(job);
            assertTrue(m.identical());
        }
    }

    /** B10: each waits only for those that came before, whatever the order of their release. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void overlappingActiveWritesAllEnd(long seed) throws Exception {
        Random random = new Random(seed);
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(options(CopyMode.WRITE_BLOCKING));
            Gate.Hold hold = m.targetGate.hold(Kind.WRITE);
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            int count = 2 + random.nextInt(7);
            for (int i = 0; i < count; i++) {
                writes.add(Guest.writing(guest, 4 * CHUNK + random.nextInt(CHUNK), 1
                        + random.nextInt(CHUNK), i));
            }
            for (int released = 0; released < count; released++) {
                hold.await(1);
                hold.release(random.nextInt(hold.held().size()));
            }
            for (CompletableFuture<Void> write : writes) {
                Guest.await(write);
            }
            hold.open();
            m.finish(job);

            assertTrue(m.identical());
        }
    }

    /**
     * B11: the job leaves a chunk alone while a guest's write is on its way there, and takes the
     * others.
     */
    @Test
    void jobPassesByAnActiveWriteInFlight() throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            SimClock clock = SimClock.standing();
            MirrorJob job = m.start(options(CopyMode.WRITE_BLOCKING).withBufSize(1).withSpeed(1),
                    MirrorParts.standard().withClock(clock));
            clock.awaitWaiters(1);
            Gate.Hold hold = m.targetGate.hold(request -> request.at(Kind.WRITE, 3 * CHUNK + 512));
            CompletableFuture<Void> write = Guest.writing(guest, 3 * CHUNK + 512, 512, 7);
            hold.await(1);
            Gate.Hold last = m.targetGate.hold(request -> request.at(Kind.WRITE, 15 * CHUNK));
            job.setSpeed(0);
            last.await(1);
            last.open();

            assertFalse(m.targetGate.changes().contains("write " + 3 * CHUNK + "+" + CHUNK));
            assertFalse(write.isDone());
            hold.open();
            Guest.await(write);
            job.await(Set.of(JobStatus.READY));
            m.finish(job);
            assertTrue(m.identical());
        }
    }

    @Test
    void activeWriteWaitsForTheCopyItOverlapsAndNoOther() throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            Gate.Hold copy = m.targetGate.hold(Kind.WRITE);
            MirrorJob job = m.start(options(CopyMode.WRITE_BLOCKING).withBufSize(2 * CHUNK));
            copy.await(1);
            CompletableFuture<Void> overlapping = Guest.writing(guest, 100, 100, 7);
            CompletableFuture<Void> apart = Guest.writing(guest, 10 * CHUNK, 100, 8);
            copy.await(2);
            assertEquals(Set.of(0L, 10L * CHUNK),
                    Set.copyOf(copy.held().stream().map(Gate.Request::offset).toList()));
            assertFalse(overlapping.isDone());
            copy.open();
            Guest.await(overlapping);
            Guest.await(apart);
            job.await(Set.of(JobStatus.READY));
            m.finish(job);

            assertTrue(m.identical());
        }
    }

    /** N06: what a guest writes while the job has read, or is about to read, is copied again. */
    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE"})
    void writeBehindTheJobsBackIsCopiedAgain(Kind held) throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            Gate.Hold hold = (held == Kind.READ ? m.sourceGate : m.targetGate)
                    .hold(request -> request.at(held, 0));
            MirrorJob job = m.start(options(CopyMode.BACKGROUND).withBufSize(1));
            hold.await(1);
            Guest.write(guest, 100, 100, 7);
            hold.open();
            job.await(Set.of(JobStatus.READY));

            assertEquals(M + CHUNK, job.info().progress().offset());
            m.finish(job);
            assertTrue(m.identical());
        }
    }

    @Test
    void writeHeldAtTheSourceBeforeCompleteReachesTheTarget() throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(options(CopyMode.BACKGROUND));
            Gate.Hold hold = m.sourceGate.hold(Kind.WRITE);
            CompletableFuture<Void> write = Guest.writing(guest, 100, 100, 7);
            hold.await(1);
            job.cancel(false);
            assertFalse(job.info().status().isOver());
            hold.open();
            Guest.await(write);
            job.await(Job.over());

            assertTrue(m.identical());
        }
    }

    /** N07: the first and the partial last chunk, dirtied again after the first pass. */
    @ParameterizedTest
    @EnumSource
    void firstAndLastChunkAreVisitedAgain(CopyMode mode) throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, M + 512); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(options(mode));
            for (int round = 0; round < 3; round++) {
                Guest.write(guest, M + 100, 100, round);
                Guest.write(guest, 0, 1, round);
            }
            m.finish(job);

            assertTrue(m.identical());
        }
    }

    /** N18, and what the job does not stop: active writes reach the target of a paused job. */
    @ParameterizedTest
    @EnumSource
    void pausedJobIsQuiet(CopyMode mode) throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            Gate.Hold hold = m.targetGate.hold(Kind.WRITE);
            MirrorJob job = m.start(options(mode).withBufSize(4 * CHUNK));
            hold.await(1);
            job.pause();
            hold.open();
            job.await(Set.of(JobStatus.PAUSED));
            m.targetGate.forget();
            Guest.write(guest, 10 * CHUNK, 100, 7);
            assertEquals(mode == CopyMode.BACKGROUND ? List.of()
                    : List.of("write " + 10 * CHUNK + "+100"),
                    m.targetGate.changes());
            job.resume();
            job.await(Set.of(JobStatus.READY));
            m.finish(job);

            assertTrue(m.identical());
        }
    }

    @ParameterizedTest
    @EnumSource
    void guestsGoOnAfterAJobWasCancelledOrHasFailed(CopyMode mode) throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(options(mode));
            job.cancel(true);
            job.await(Job.over());
            Guest.write(guest, 100, 100, 7);
            m.targetGate.fail(request -> request.is(Kind.WRITE), Errno.EIO, 1);
            m.start(options(mode)).await(Job.over());
            Guest.write(guest, 200, 100, 7);
            guest.discard(0, CHUNK);

            assertEquals("source", guest.node().nodeName());
            assertEquals("discard 0+" + CHUNK, m.sourceGate.changes().getLast());
        }
    }

    @Test
    void changeOfCopyModeWithWritesInFlight() throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(options(CopyMode.BACKGROUND));
            Gate.Hold hold = m.sourceGate.hold(Kind.WRITE);
            CompletableFuture<Void> before = Guest.writing(guest, 100, 1000, 7);
            hold.await(1);
            job.changeCopyMode(CopyMode.WRITE_BLOCKING);
            CompletableFuture<Void> after = Guest.writing(guest, 600, 1000, 8);
            hold.await(2);
            // Last issued, first done: what the older write leaves behind must still be copied.
            hold.release(1);
            Guest.await(after);
            hold.open();
            Guest.await(before);
            m.finish(job);

            assertTrue(m.identical());
        }
    }

    @Test
    void activelySyncedIsTrueOnlyWhenNothingIsLeftToCopy() throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(options(CopyMode.BACKGROUND));
            Gate.Hold look = m.sourceGate.hold(Kind.STATUS);
            Guest.write(guest, 100, 100, 7);
            look.await(1);
            job.changeCopyMode(CopyMode.WRITE_BLOCKING);
            assertFalse(job.info().activelySynced());
            look.open();
            m.finish(job);
            assertTrue(m.identical());
        }
    }

    @Test
    void aModeThatIsChangedInStandbyTakesEffectWhenTheJobGoesOn() throws Exception {
        try (MirrorFixture m = filled()) {
            MirrorJob job = m.ready(options(CopyMode.BACKGROUND));
            job.pause();
            job.changeCopyMode(CopyMode.WRITE_BLOCKING);
            assertFalse(job.info().activelySynced());
            job.resume();
            assertTrue(job.info().activelySynced());
            job.pause();
            assertTrue(job.info().activelySynced());
            job.resume();
            m.finish(job);
        }
    }

    @ParameterizedTest
    @CsvSource({"BACKGROUND, 0, 131072", "WRITE_BLOCKING, 700, 700"})
    void whatGuestsWriteInStandbyCountsWhenTheTargetHasItOrTheJobGoesOn(CopyMode mode,
            long standby, long resumed) throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(options(mode));
            job.pause();
            Guest.write(guest, CHUNK - 100, 700, 7);
            assertEquals(M + standby, job.info().progress().len());
            assertEquals(M + standby, job.info().progress().offset());
            job.resume();
            assertEquals(M + resumed, job.info().progress().len());
            m.finish(job);
            assertTrue(m.identical());
        }
    }

    @ParameterizedTest
    @EnumSource
    void writesBetweenPendingAndFinalizeLandOnTheTarget(CopyMode mode) throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(options(mode).withAuto(false, true));
            job.complete();
            job.await(Set.of(JobStatus.PENDING));
            m.sourceGate.forget();
            CompletableFuture<Void> write = Guest.writing(guest, 100, 100, 7);
            CompletableFuture<Void> lateWrite = Guest.async(() -> {
                try (Attachment late = m.guest()) {
                    Guest.write(late, 300, 100, 8);
                }
            });
            assertFalse(write.isDone() || lateWrite.isDone());
            job.finalizeJob();
            Guest.await(write);
            Guest.await(lateWrite);

            assertTrue(m.targetGate.changes().contains("write 100+100"));
            assertFalse(m.sourceGate.changes().contains("write 100+100"));
        }
    }

    @Test
    void endlessWritesDoNotKeepWriteBlockingFromReadyAndComplete() throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            SimClock clock = SimClock.standing();
            MirrorJob job = m.start(
                    options(CopyMode.WRITE_BLOCKING).withSpeed(1 << 20).withBufSize(1),
                    MirrorParts.standard().withClock(clock));
            boolean[] stop = new boolean[1];
            CompletableFuture<Void> writing = Guest.async(() -> {
                for (int i = 0; !stopped(stop); i++) {
                    Guest.write(guest, (long) i * 4 * K % M, 4 * K, i);
                }
            });
            clock.awaitWaiters(1);
            clock.advance(Duration.ofSeconds(1));
            job.setSpeed(0);
            job.await(Set.of(JobStatus.READY));
            job.cancel(false);
            job.await(Job.over());
            boolean same = m.events.contains("pending");
            synchronized (stop) {
                stop[0] = true;
            }
            Guest.await(writing);

            assertTrue(same);
        }
    }

    private static boolean stopped(boolean[] stop) {
        synchronized (stop) {
            return stop[0];
        }
    }

    @Test
    void interruptedGuestStillFinishesItsWrite() throws Exception {
        try (MirrorFixture m = filled(); Attachment guest = m.guest()) {
            Gate.Hold copy = m.targetGate.hold(Kind.WRITE);
            MirrorJob job = m.start(options(CopyMode.WRITE_BLOCKING));
            copy.await(1);
            CompletableFuture<Void> write = Guest.async(() -> {
                Thread.currentThread().interrupt();
                Guest.write(guest, 100, 100, 7);
                assertTrue(Thread.interrupted());
            });
            copy.open();
            Guest.await(write);
            job.await(Set.of(JobStatus.READY));
            m.finish(job);

            assertTrue(m.identical());
        }
    }
}

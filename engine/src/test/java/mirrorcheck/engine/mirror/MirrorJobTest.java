// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.driver.RawNode;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.SimClock;
import mirrorcheck.engine.job.ErrorPolicy;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.mirror.Gate.Kind;
import mirrorcheck.engine.mirror.Gate.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole mirrors on real files: life cycle, requests and content. */
@Timeout(20)
class MirrorJobTest {
    private static final long M = 1 << 20;

    @TempDir
    Path dir;

    @Test
    void sparseSourceCostsOnlyItsData() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 20 * M)) {
            m.fillSource(8 * M, (int) (2 * M), 1);
            m.mirror(MirrorFixture.full());

            assertTrue(m.identical());
            assertEquals(List.of("flush", "flush", "flush", "write 8388608+1048576",
                    "write 9437184+1048576"),
                    m.sortedRequests());
            assertEquals(List.of("created", "running", "ready", "READY 20971520/20971520",
                    "waiting", "pending",
                    "COMPLETED 20971520/20971520", "concluded", "null"), m.events);
        }
    }

    @Test
    void guestsSeeTheTargetAfterThePivot() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 20 * M)) {
            Attachment guest = m.guest();
            m.mirror(MirrorFixture.full());

            assertEquals("target", guest.node().nodeName());
            guest.close();
        }
    }

    @Test
    void writeBlockingReachesTheTargetByteExact() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 20 * M)) {
            Attachment guest = m.guest();
            MirrorJob job = m.start(MirrorFixture.full()
                    .withCopyMode(CopyMode.WRITE_BLOCKING));
            job.await(Set.of(JobStatus.READY));
            guest.write(4096, MemorySegment.ofArray(MirrorFixture.pattern(1000, 3)),
                    WriteFlag.NONE);
            guest.writeZeroes(4096, 500, WriteFlag.NONE);
            guest.writeZeroes(M, 4096, WriteFlag.NONE);

            assertEquals(List.of("flush", "write 4096+1000", "zero 4096+500"),
                    m.targetGate.changes());
            assertEquals(20 * M + 1000 + 500 + 4096, job.info().progress().offset());
            assertTrue(job.info().activelySynced());
            job.cancel(false);
            job.await(Job.over());
            assertTrue(m.identical());
            guest.close();
        }
    }

    /** Old data in all of the target, a hole in all of the source. */
    private MirrorFixture zeroesToWrite(Discard discard) throws Exception {
        MirrorFixture m = new MirrorFixture(dir, 4 * M,
                NodeOptions.named("target").withDiscard(discard));
        m.fillTarget(0, (int) (4 * M), 2);
        return m;
    }

    @Test
    void zeroesThatMayNotUnmapCountForTheSpeed() throws Exception {
        try (MirrorFixture m = zeroesToWrite(Discard.IGNORE)) {
            SimClock clock = SimClock.standing();
            MirrorJob job = m.start(MirrorFixture.full().withSpeed(1).withBufSize(M),
                    MirrorParts.standard().withClock(clock));
            clock.awaitWaiters(1);
            assertEquals(List.of("zero 0+1048576"), m.targetGate.changes());

            job.setSpeed(0);
            job.await(Set.of(JobStatus.READY));
            m.finish(job);
            assertTrue(m.identical());
        }
    }

    @Test
    void zeroesThatMayUnmapDoNot() throws Exception {
        try (MirrorFixture m = zeroesToWrite(Discard.UNMAP)) {
            // Without sync=full nothing is zeroed before the copy.
            MirrorJob job = m.start(MirrorOptions.of("j", "source", "target", Sync.TOP)
                    .withSpeed(1).withBufSize(M),
                    MirrorParts.standard().withClock(SimClock.standing()));
            job.await(Set.of(JobStatus.READY));
            assertEquals(List.of("flush", "unmap 0+1048576", "unmap 1048576+1048576",
                    "unmap 2097152+1048576", "unmap 3145728+1048576"), m.sortedRequests());
            m.finish(job);
            assertTrue(m.identical());
        }
    }

    @Test
    void copiesCountForTheSpeed() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 4 * M)) {
            m.fillSource(0, (int) (4 * M), 1);
            SimClock clock = SimClock.standing();
            MirrorJob job = m.start(MirrorFixture.full().withSpeed(1).withBufSize(M),
                    MirrorParts.standard().withClock(clock));
            clock.awaitWaiters(1);
            assertEquals(List.of("write 0+1048576"), m.targetGate.changes());
            assertEquals(3 * M, job.dirtyBytes());
            job.cancel(true);
            job.await(Job.over());
        }
    }

    @Test
    void anEmptyDeviceIsNeverFlushed() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 0)) {
            m.ready(MirrorFixture.full());
            assertEquals(List.of(), m.targetGate.changes());
        }
    }

    @Test
    void zeroesThatTheJobWroteAreKnownWhenAGuestWritesThemAgain() throws Exception {
        try (MirrorFixture m = zeroesToWrite(Discard.IGNORE); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(MirrorFixture.full().withCopyMode(CopyMode.WRITE_BLOCKING));
            m.targetGate.forget();
            guest.writeZeroes(M, M, WriteFlag.NONE);

            assertEquals(List.of(), m.targetGate.changes());
            m.finish(job);
            assertTrue(m.identical());
        }
    }

    @Test
    void aFlushWhoseErrorIsIgnoredIsNotRepeated() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, M)) {
            m.targetGate.fail(request -> request.kind() == Kind.FLUSH, Errno.EIO, 1);
            MirrorJob job = m.ready(MirrorFixture.full()
                    .withOnError(ErrorPolicy.IGNORE, ErrorPolicy.IGNORE));

            assertEquals(1, m.targetGate.seen().stream()
                    .filter(request -> request.kind() == Kind.FLUSH).count());
            m.finish(job);
        }
    }

    /** Straight to the files: what comes out of the host's memory gains from few lanes only. */
    @Test
    void requestsThatFindNoLaneAreCarriedOutLater() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 20 * M)) {
            m.fillSource(0, (int) (20 * M), 1);
            for (String name : List.of("from", "to")) {
                Path file = name.equals("from") ? m.sourcePath : m.targetPath;
                m.graph.add(new RawNode(NodeOptions.named(name),
                        FileNode.open(file, NodeOptions.named("file"), false), true));
            }
            assertTrue(m.graph.node("to").usefulRequests() < 16);

            m.mirror(MirrorOptions.of("j", "from", "to", Sync.FULL));

            assertTrue(m.identical());
        }
    }

    /** Fails one flush of the target: the first is 1. */
    private static void failFlush(MirrorFixture m, int which) {
        AtomicInteger flushes = new AtomicInteger();
        m.targetGate.fail(request -> request.kind() == Kind.FLUSH
                && flushes.incrementAndGet() == which, Errno.EIO, 1);
    }

    @Test
    void aJobWhoseFlushFailsIsNotReady() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, M)) {
            failFlush(m, 1);
            m.start(MirrorFixture.full()).await(Job.over());

            assertFalse(m.events.contains("ready"), m.events.toString());
        }
    }

    /** The flush before READY, the one when the guest is kept out, and the one before the pivot. */
    @ParameterizedTest(name = "on-target-error={0}: {1}")
    @CsvSource({"REPORT, source", "IGNORE, target"})
    void theFlushBeforeThePivotFollowsThePolicy(ErrorPolicy policy, String disk)
            throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, M); Attachment guest = m.guest()) {
            failFlush(m, 3);
            m.finish(m.ready(MirrorFixture.full().withOnError(ErrorPolicy.REPORT, policy)));

            assertEquals(disk, guest.node().nodeName());
        }
    }

    @Test
    void theJobKnowsItsNodesAndItsChunks() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, M)) {
            m.graph.add(new MemoryNode(NodeOptions.named("other"), M));
            MirrorJob job = m.ready(MirrorFixture.full().withGranularity(4096)
                    .withNames(null, "filter"));
            for (String name : List.of("source", "target", "filter")) {
                assertTrue(job.uses(m.graph.node(name)), name);
            }
            assertFalse(job.uses(m.graph.node("other")));
            assertEquals(4096, job.granularity());
            assertEquals(0, job.dirtyBytes());
            m.finish(job);
        }
    }

    @Test
    void aPreZeroingThatFailsEndsTheJobBeforeItCopies() throws Exception {
        try (MirrorFixture m = zeroesToWrite(Discard.UNMAP)) {
            m.fillSource(0, (int) M, 1);
            m.targetGate.fail(request -> request.kind() == Kind.UNMAP, Errno.EIO, 1);
            MirrorJob job = m.start(MirrorFixture.full());
            job.await(Job.over());
            assertEquals(List.of(), m.targetGate.changes().stream()
                    .filter(one -> one.startsWith("write")).toList());
        }
    }

    /**
     * After a window that was a hole the job hopes for a longer one, however small the window; what
     * is data then is given back, and taken a window at a time.
     */
    @Test
    void aHoleIsPassedInTwoLooksHoweverSmallTheWindow() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 20 * M)) {
            m.fillSource(8 * M, (int) M, 1);
            m.mirror(MirrorFixture.full().withBufSize(M));

            List<String> looks = m.sourceGate.seen().stream()
                    .filter(one -> one.kind() == Kind.STATUS).map(Request::toString).toList();
            assertEquals(List.of(
                    // the scan at the start
                    "status 0+20971520", "status 8388608+12582912", "status 9437184+11534336",
                    // the copy: a window, the rest of the hole up to the data,
                    "status 0+1048576", "status 1048576+19922944", "status 8388608+12582912",
                    // the data, a window, the rest
                    "status 8388608+1048576", "status 9437184+1048576",
                    "status 10485760+10485760"), looks);
        }
    }
}

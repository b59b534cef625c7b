// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.SimClock;
import mirrorcheck.engine.job.ErrorPolicy;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobInfo;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.mirror.Gate.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole lives of jobs: their events in order, who ends up where, and what is left of the graph
 * (rule JOB-1).
 */
@Timeout(20)
class LifecycleTest {
    private static final long M = 1 << 20;

    @TempDir
    Path dir;

    private MirrorFixture fixture() throws Exception {
        MirrorFixture m = MirrorFixture.of(dir, M);
        m.fillSource(0, (int) M, 1);
        return m;
    }

    private static String all(MirrorFixture m) {
        return String.join(" ", m.events).replaceAll(" \\d+/\\d+", "");
    }

    /** The graph is as it was, and nothing keeps anybody away. */
    private static void assertNothingLeft(MirrorFixture m) throws Exception {
        assertEquals(List.of("source", "target"),
                m.graph.nodes().stream().map(node -> node.nodeName()).toList());
        m.graph.checkUnblocked(m.graph.node("source"));
        m.graph.checkUnblocked(m.graph.node("target"));
    }

    @ParameterizedTest(name = "{0}, auto-finalize={1}, auto-dismiss={2}")
    @CsvSource(textBlock = """
            complete, true,  true,  waiting pending COMPLETED concluded null,         target
            complete, true,  false, waiting pending COMPLETED concluded null,         target
            complete, false, true,  waiting pending PENDING COMPLETED concluded null, target
            complete, false, false, waiting pending PENDING COMPLETED concluded null, target
            soft,     true,  true,  waiting pending COMPLETED concluded null,         source
            soft,     false, false, waiting pending PENDING COMPLETED concluded null, source
            force,    true,  true,  aborting CANCELLED concluded null,                source
            force,    false, false, aborting CANCELLED concluded null,                source
            """)
    void ends(String verb, boolean autoFinalize, boolean autoDismiss, String events,
            String userEndsAt)
            throws Exception {
        try (MirrorFixture m = fixture(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(MirrorFixture.full().withAuto(autoFinalize, autoDismiss));
            switch (verb) {
                case "complete" -> job.complete();
                case "soft" -> job.cancel(false);
                default -> job.cancel(true);
            }
            if (!autoFinalize && !verb.equals("force")) {
                job.await(Set.of(JobStatus.PENDING));
                assertTrue(job.info().paused());
                assertFalse(job.info().ready());
                job.finalizeJob();
            }
            job.await(Job.over());
            if (!autoDismiss) {
                assertEquals("Job ID 'j' already in use",
                        refusal(() -> m.start(MirrorFixture.full())));
                assertEquals(verb.equals("force") ? "Operation canceled" : null,
                        job.info().error());
                job.dismiss();
            }

            assertEquals("created running ready READY " + events, all(m));
            assertEquals(userEndsAt, guest.node().nodeName());
            assertNull(m.jobs.find("j"));
            assertTrue(m.identical());
            assertNothingLeft(m);
        }
    }

    private static String refusal(Executable call) {
        return assertThrows(BlockException.class, call).getMessage();
    }

    @ParameterizedTest(name = "cancel in pending, force={0}")
    @CsvSource({"true", "false"})
    void cancelOfAPendingJob(boolean force) throws Exception {
        try (MirrorFixture m = fixture(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(MirrorFixture.full().withAuto(false, true));
            job.complete();
            job.await(Set.of(JobStatus.PENDING));
            job.cancel(force);

            assertEquals("created running ready READY waiting pending PENDING aborting CANCELLED "
                    + "concluded null", all(m));
            assertEquals("source", guest.node().nodeName());
            assertNothingLeft(m);
        }
    }

    @ParameterizedTest(name = "{0}, then {1}: {2}")
    @CsvSource(textBlock = """
            complete, complete, ok, waiting pending COMPLETED, target
            complete, soft, ok, waiting pending COMPLETED, target
            complete, force, ok, aborting CANCELLED, source
            soft, complete, refused, waiting pending COMPLETED, source
            soft, soft, ok, waiting pending COMPLETED, source
            soft, force, ok, aborting CANCELLED, source
            """)
    void secondVerbDuringTheLastFlush(String first, String second, String answer, String events,
            String userEndsAt)
            throws Exception {
        try (MirrorFixture m = fixture(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(MirrorFixture.full());
            Gate.Hold flush = m.targetGate.hold(Kind.FLUSH);
            ask(job, first);
            flush.await(1);
            String got = ask(job, second);
            JobInfo info = job.info();
            flush.open();
            job.await(Job.over());

            assertEquals(answer.equals("ok") ? "ok"
                    : "The active block job 'j' cannot be completed", got);
            assertEquals(JobStatus.READY, info.status());
            assertTrue(info.ready());
            assertTrue(info.busy());
            assertTrue(info.paused() || second.equals("force"));
            assertEquals("created running ready READY " + events + " concluded null", all(m));
            assertEquals(userEndsAt, guest.node().nodeName());
            assertNothingLeft(m);
        }
    }

    private static String ask(MirrorJob job, String verb) {
        try {
            switch (verb) {
                case "complete" -> job.complete();
                case "soft" -> job.cancel(false);
                default -> job.cancel(true);
            }
            return "ok";
        } catch (BlockException e) {
            return e.getMessage();
        }
    }

    @Test
    void completeInStandbyTakesEffectOnResume() throws Exception {
        try (MirrorFixture m = fixture()) {
            MirrorJob job = m.ready(MirrorFixture.full());
            job.pause();
            job.complete();
            job.complete();
            assertEquals(JobStatus.STANDBY, job.info().status());
            job.resume();
            job.await(Job.over());

            assertEquals("created running ready READY standby ready waiting pending COMPLETED "
                    + "concluded null", all(m));
        }
    }

    @Test
    void pauseWithARequestInFlightIsReachedWhenItEnds() throws Exception {
        try (MirrorFixture m = fixture()) {
            Gate.Hold write = m.targetGate.hold(Kind.WRITE);
            MirrorJob job = m.start(MirrorFixture.full());
            write.await(1);
            job.pause();
            assertEquals(JobStatus.RUNNING, job.info().status());
            assertTrue(job.info().paused());
            assertTrue(job.info().busy());
            write.open();
            job.await(Set.of(JobStatus.PAUSED));
            assertFalse(job.info().busy());
            job.resume();
            job.await(Set.of(JobStatus.READY));
            m.finish(job);

            assertEquals("created running paused running ready READY waiting pending COMPLETED "
                    + "concluded null", all(m));
        }
    }

    @ParameterizedTest(name = "cancel of a job with a request in flight, force={0}")
    @CsvSource({"true", "false"})
    void cancelWaitsForRequestsInFlight(boolean force) throws Exception {
        try (MirrorFixture m = fixture()) {
            Gate.Hold write = m.targetGate.hold(Kind.WRITE);
            MirrorJob job = m.start(MirrorFixture.full());
            write.await(1);
            job.cancel(force);
            job.cancel(force);
            assertEquals("created running", all(m));
            write.open();
            job.await(Job.over());

            assertEquals("created running aborting CANCELLED concluded null", all(m));
            assertNothingLeft(m);
        }
    }

    @Test
    void rateLimitedJobIsWokenByANewSpeedAndByTime() throws Exception {
        try (MirrorFixture m = fixture()) {
            SimClock clock = SimClock.standing();
            MirrorJob job = m.start(MirrorFixture.full().withSpeed(65_536).withBufSize(65_536),
                    MirrorParts.standard().withClock(clock));
            clock.awaitWaiters(1);
            assertEquals(65_536, job.info().progress().offset());
            assertFalse(job.info().busy());
            clock.advance(Duration.ofSeconds(1));
            clock.awaitWaiters(1);
            assertEquals(2 * 65_536, job.info().progress().offset());
            job.setSpeed(0);
            job.await(Set.of(JobStatus.READY));
            m.finish(job);

            assertTrue(m.identical());
        }
    }

    @ParameterizedTest(name = "target of {0} bytes for a source of 1 MiB: different {1}")
    @CsvSource({"1048575, false", "1048064, true", "1048577, true", "2097152, true", "0, true"})
    void differentSizesFailTheJobNotTheCommand(long bytes, boolean different) throws Exception {
        try (MirrorFixture m = fixture()) {
            m.addNode(MirrorFixture.sparse(dir.resolve("other"), bytes),
                    NodeOptions.named("other"), new Gate());
            MirrorJob job = m.start(MirrorOptions.of("j", "source", "other", Sync.FULL));
            job.await(Set.of(JobStatus.READY));

            assertEquals(!different, job.info().status() == JobStatus.READY);
            if (different) {
                assertEquals(List.of("created", "running", "aborting",
                        "COMPLETED 0/0 Source and target image have different sizes", "concluded",
                                "null"), m.events);
                m.graph.remove("other");
            }
        }
    }

    @Test
    void guestThatClosesDuringAMirrorIsLetGo() throws Exception {
        try (MirrorFixture m = fixture()) {
            Attachment guest = m.guest();
            MirrorJob job = m.ready(MirrorFixture.full());
            guest.close();
            m.finish(job);

            assertFalse(m.graph.isUsed(m.graph.node("target")));
            m.graph.remove("source");
            m.graph.remove("target");
        }
    }

    @Test
    void nodesOfARunningMirrorAreNotRemovedNorSharedNorMirroredAgain() throws Exception {
        try (MirrorFixture m = fixture()) {
            addSparse(m, "other");
            MirrorJob job = m.ready(MirrorFixture.full());
            String busy = "' is busy: block device is in use by block job: mirror";
            String filter = job.filterNodeName();

            assertEquals("Node 'source" + busy, refusal(() -> m.graph.remove("source")));
            assertEquals("Node target is in use", refusal(() -> m.graph.remove("target")));
            assertEquals("Node '" + filter + busy, refusal(() -> m.graph.remove(filter)));
            assertEquals(Graph.permissionConflict("target", "consistent read"),
                            refusal(() -> m.graph.attach("target", "export")));
            assertEquals("Need a root block node", refusal(() -> mirror(m, "source", "other")));
            assertEquals("Need a root block node", refusal(() -> mirror(m, "target", "other")));
            assertEquals("Need a root block node", refusal(() -> mirror(m, filter, "other")));
            assertEquals("Node 'target" + busy, refusal(() -> mirror(m, "other", "target")));
            assertEquals("Node 'source" + busy, refusal(() -> mirror(m, "other", "source")));
            addSparse(m, "other2");
            assertEquals("Job ID 'j' already in use",
                    refusal(() -> m.start(MirrorOptions.of("j", "other", "other2", Sync.FULL))));
        }
    }

    private static void mirror(MirrorFixture m, String device, String target)
            throws BlockException {
        m.start(MirrorOptions.of("k", device, target, Sync.FULL));
    }

    private void addSparse(MirrorFixture m, String name) throws Exception {
        m.addNode(MirrorFixture.sparse(dir.resolve(name), M), NodeOptions.named(name), new Gate());
    }

    @Test
    void ofMirrorsStartedAtOnceOneGetsTheSource() throws Exception {
        try (MirrorFixture m = fixture(); Attachment guest = m.guest()) {
            addSparse(m, "other");
            for (int round = 0; round < 30; round++) {
                AtomicInteger refused = new AtomicInteger();
                List<CompletableFuture<Void>> starts = List.of("target", "other").stream()
                        .map(target -> Guest.async(() -> {
                    try {
                        m.start(MirrorOptions.of(target, "source", target, Sync.NONE));
                    } catch (BlockException e) {
                        assertEquals("Need a root block node", e.getMessage());
                        refused.incrementAndGet();
                    }
                })).toList();
                for (CompletableFuture<Void> start : starts) {
                    Guest.await(start);
                }
                assertEquals(1, refused.get());
                for (Job job : m.jobs.all()) {
                    job.cancel(true);
                    job.await(Job.over());
                }
                Guest.await(Guest.writing(guest, 0, 512, round));
            }
        }
    }

    /** Runs the first tasks and refuses the rest. */
    private static final class Refusing extends AbstractExecutorService {
        private final AtomicInteger left;

        Refusing(int tasks) {
            left = new AtomicInteger(tasks);
        }

        @Override
        public void execute(Runnable task) {
            if (left.getAndDecrement() <= 0) {
                throw new RejectedExecutionException("no more");
            }
            Guest.async(task::run);
        }

        @Override
        public void shutdown() {
            left.set(0);
        }

        @Override
        public List<Runnable> shutdownNow() {
            left.set(0);
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return left.get() <= 0;
        }

        @Override
        public boolean isTerminated() {
            return isShutdown();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    @ParameterizedTest(name = "threads for {0} tasks, copy-mode {1}")
    @CsvSource({"0, BACKGROUND", "1, BACKGROUND", "1, WRITE_BLOCKING", "3, BACKGROUND"})
    void wantOfThreadsFailsTheJobAndFreesTheGuest(int tasks, CopyMode mode) throws Exception {
        try (MirrorFixture m = fixture(); Attachment guest = m.guest()) {
            MirrorOptions options = MirrorFixture.full().withCopyMode(mode).withGranularity(65_536)
                    .withBufSize(65_536);
            MirrorParts parts = MirrorParts.standard().withExecutor(new Refusing(tasks));
            if (tasks == 0) {
                assertEquals(Errno.EAGAIN,
                        assertThrows(BlockException.class, () -> m.start(options, parts)).errno());
                assertEquals(List.of(), m.events);
            } else {
                m.start(options, parts).await(Job.over());
                assertEquals("created running ERROR WRITE REPORT aborting COMPLETED "
                        + "Resource temporarily unavailable "
                        + "concluded null", all(m));
            }

            Guest.await(Guest.writing(guest, 0, 512, 3));
            assertNothingLeft(m);
            assertEquals("source", guest.node().nodeName());
        }
    }

    @ParameterizedTest(name = "a {0} at the {1} breaks down")
    @CsvSource({"WRITE, target", "READ, source", "ZERO, target", "FLUSH, target", "STATUS, target"})
    void bugInADriverFailsTheJobAndFreesTheGuest(Kind kind, String end) throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 4 * M); Attachment guest = m.guest()) {
            m.fillSource(0, (int) M, 1);
            m.fillTarget(2 * M, (int) M, 1);
            (end.equals("source") ? m.sourceGate : m.targetGate)
                    .breakDown(request -> request.is(kind));
            m.start(MirrorFixture.full()).await(Job.over());

            assertTrue(all(m).endsWith("aborting COMPLETED Input/output error concluded null"),
                    all(m));
            Guest.await(Guest.writing(guest, 0, 512, 3));
            assertNothingLeft(m);
        }
    }

    @Test
    void bugInTheTargetDuringAnActiveWriteIsCopiedAgain() throws Exception {
        try (MirrorFixture m = fixture(); Attachment guest = m.guest()) {
            MirrorJob job = m.ready(MirrorFixture.full().withCopyMode(CopyMode.WRITE_BLOCKING)
                    .withOnError(ErrorPolicy.REPORT, ErrorPolicy.REPORT));
            m.targetGate.breakDown(request -> request.is(Kind.WRITE));
            assertThrows(ExecutionException.class,
                    () -> Guest.await(Guest.writing(guest, 4096, 1000, 9)));
            m.finish(job);

            assertTrue(m.identical());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.SimClock;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.mirror.Gate.Kind;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Every verb in every state, as measured on QEMU 11.1 (rule JOB-2). {@code verbs.tsv} has the
 * state, the verb, the answer,
 * the events that precede it and those that follow, and the status in the end.
 */
@Timeout(20)
class VerbTableTest {
    private static final long M = 1 << 20;

    @TempDir
    Path dir;

    @ParameterizedTest(name = "{0}: {1}")
    @CsvFileSource(resources = "verbs.tsv", delimiter = '\t', numLinesToSkip = 1)
    void verb(String state, String verb, String answer, String events, String statusAfter)
            throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, M)) {
            m.fillSource(0, (int) M, 1);
            MirrorJob job = bring(m, state);
            int before = m.events.size();
            String got = answer(job, verb);
            List<String> expected = events == null ? List.of() : List.of(events.split(" "));
            int inReply = expected.indexOf("<reply>");

            assertEquals(answer, got);
            // What precedes the reply has happened; what follows may have.
            assertEquals(expected.subList(0, inReply), seen(m, before, inReply));
            awaitStatus(job, statusAfter);
            List<String> all = expected.stream().filter(event -> !event.equals("<reply>")).toList();
            assertEquals(all, seen(m, before, Integer.MAX_VALUE));
        }
    }

    private static List<String> seen(MirrorFixture m, int from, int most) {
        List<String> events = List.copyOf(m.events);
        return events.subList(from, (int) Math.min(events.size(), (long) from + most)).stream()
                .map(event -> event.startsWith("COMPLETED ") ? "COMPLETED" : event).toList();
    }

    private static void awaitStatus(MirrorJob job, String status) throws InterruptedException {
        JobStatus wanted = status.equals("(gone)") ? JobStatus.NULL
                : JobStatus.valueOf(status.toUpperCase());
        assertEquals(wanted, job.await(Set.of(wanted)));
    }

    private static MirrorJob bring(MirrorFixture m, String state) throws Exception {
        MirrorOptions options = MirrorFixture.full().withAuto(!state.equals("pending"), false);
        if (state.equals("running(io in flight)")) {
            Gate.Hold hold = m.targetGate.hold(Kind.WRITE);
            MirrorJob job = m.start(options);
            hold.await(1);
            return job;
        }
        if (state.equals("running(rate-limited)") || state.equals("paused")) {
            SimClock clock = SimClock.standing();
            MirrorJob job = m.start(options.withSpeed(1).withBufSize(65_536),
                    MirrorParts.standard().withClock(clock));
            clock.awaitWaiters(1);
            if (state.equals("paused")) {
                job.pause();
                job.await(Set.of(JobStatus.PAUSED));
            }
            return job;
        }
        MirrorJob job = m.ready(options);
        switch (state) {
            case "ready" -> { }
            case "ready, completing (flush held)" -> {
                Gate.Hold hold = m.targetGate.hold(Kind.FLUSH);
                job.complete();
                hold.await(1);
            }
            case "standby" -> job.pause();
            case "pending" -> {
                job.complete();
                job.await(Set.of(JobStatus.PENDING));
            }
            case "concluded(ok)" -> m.finish(job);
            case "concluded(cancelled)" -> {
                job.cancel(true);
                job.await(Job.over());
            }
            default -> throw new IllegalArgumentException(state);
        }
        return job;
    }

    private static String answer(MirrorJob job, String verb) {
        try {
            switch (verb) {
                case "pause" -> job.pause();
                case "resume" -> job.resume();
                case "complete" -> job.complete();
                case "cancel" -> job.cancel(false);
                case "cancel force" -> job.cancel(true);
                case "finalize" -> job.finalizeJob();
                case "dismiss" -> job.dismiss();
                case "set-speed" -> job.setSpeed(1);
                case "change" -> job.changeCopyMode(CopyMode.BACKGROUND);
                default -> throw new IllegalArgumentException(verb);
            }
            return "ok";
        } catch (BlockException e) {
            return e.getMessage();
        }
    }
}

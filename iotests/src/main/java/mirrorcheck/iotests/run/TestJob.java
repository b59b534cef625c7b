// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import mirrorcheck.iotests.host.AtomicWrite;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.report.CaseResult;
import mirrorcheck.iotests.report.Event;
import mirrorcheck.iotests.report.Outcome;
import mirrorcheck.iotests.report.TestResult;

/**
 * The whole story of one test: prepare, run under the watchdog, judge, bless or compare, tidy up.
 */
final class TestJob {
    /** Where the stacks of a test go that hangs. */
    static final String DUMP = "threads.txt";
    /**
     * How long a script that was interrupted, or a resource that is closed, may take before it is
     * left alone.
     */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int DIFF_LINES = 10;

    private final PlannedTest test;
    private final RunSettings settings;
    private final LastTimes times;
    private final Consumer<Event> events;
    private final List<String> details = new ArrayList<>();

    TestJob(PlannedTest test, RunSettings settings, LastTimes times, Consumer<Event> events) {
        this.test = test;
        this.settings = settings;
        this.times = times;
        this.events = events;
    }

    /**
     * Runs the test; every way it can end is in the result.
     *
     * @throws InterruptedException if the run is stopped; the test is stopped too and its scratch
     *         directory kept
     */
    TestResult run() throws InterruptedException {
        long began = settings.clock().nanos();
        events.accept(new Event.TestStarted(test.id()));
        List<String> unmet = Needs.unmet(test.script().about(), settings.adapter(),
                settings.host().get(), test.id());
        List<CaseResult> cases;
        if (!unmet.isEmpty()) {
            cases = List.of(announce(CaseResult.skipped(TestRun.WHOLE, unmet)));
        } else {
            cases = runScript();
        }
        long millis = (settings.clock().nanos() - began) / 1_000_000;
        TestResult result = new TestResult(test.id(), cases, millis, times.of(test.id().key()),
                again(), details);
        if (result.outcome() == Outcome.PASSED) {
            times.put(test.id().key(), millis);
        }
        return result;
    }

    private List<CaseResult> runScript() throws InterruptedException {
        try {
            Golden golden = Golden.of(settings.tree(), test.id());
            Path scratch = settings.scratch().prepare(test.id());
            Watchdog watchdog = new Watchdog(settings.clock(), settings.timeoutNanos());
            String expected = settings.bless() || settings.known().concern(test.script().name())
                    ? null : golden.text();
            TestRun run = new TestRun(test, settings, scratch, expected, watchdog, this::announce);
            TestThread thread = new TestThread(test, run, settings);
            thread.start();
            watch(run, thread, watchdog);
            List<CaseResult> cases = new ArrayList<>(run.cases());
            settle(golden, run.transcript(), cases);
            details.addAll(run.notes());
            tidy(scratch, cases);
            return cases;
        } catch (HarnessError e) {
            return List.of(announce(CaseResult.errored(TestRun.WHOLE, e.getMessage())));
        }
    }

    private CaseResult announce(CaseResult result) {
        events.accept(new Event.CaseFinished(test.id(), result));
        return result;
    }

    private void watch(TestRun run, TestThread thread, Watchdog watchdog)
            throws InterruptedException {
        try {
            if (!watchdog.await(thread.done())) {
                String dump = thread.dump();
                run.hung(watchdog.why() + "; stacks in " + shown(run.scratch().resolve(DUMP)));
                run.end(false);
                stop(run, thread);
                AtomicWrite.write(run.scratch().resolve(DUMP), dump);
            }
        } catch (InterruptedException e) {
            stop(run, thread);
            throw e;
        } catch (IOException e) {
            details.add("stacks: could not be written: " + e.getMessage());
        }
    }

    /**
     * Interrupts the script; what it does not close itself is closed here, by a thread that may
     * itself hang.
     */
    private void stop(TestRun run, TestThread thread) throws InterruptedException {
        thread.interrupt();
        if (settings.clock().await(thread.done(), GRACE_NANOS)) {
            return;
        }
        CountDownLatch closed = new CountDownLatch(1);
        Thread closer = new Thread(() -> {
            run.closeAll();
            closed.countDown();
        }, "close " + test.id());
        closer.setDaemon(true);
        closer.start();
        if (!settings.clock().await(closed, GRACE_NANOS)
                || !settings.clock().await(thread.done(), GRACE_NANOS)) {
            details.add("the script could not be stopped: its threads are left alone");
        }
    }

    private void settle(Golden golden, String transcript, List<CaseResult> cases) {
        Outcome outcome = cases.stream().map(CaseResult::outcome)
                .reduce(Outcome.SKIPPED, Outcome::and);
        if (outcome == Outcome.SKIPPED) {
            return;
        }
        if (settings.bless()) {
            boolean whole = cases.stream().noneMatch(one -> one.outcome() == Outcome.SKIPPED);
            bless(golden, transcript, whole ? outcome : Outcome.SKIPPED);
        } else if (!golden.exists()) {
            golden.writeActual(settings.tree(), transcript);
            cases.add(announce(CaseResult.errored("golden", "golden missing: "
                    + shown(golden.file())
                    + "; read " + shown(golden.actual()) + ", then iotests/check --bless "
                    + test.script().name())));
        } else if (transcript.equals(golden.text())) {
            golden.deleteActual();
        } else if (outcome == Outcome.FAILED) {
            golden.writeActual(settings.tree(), transcript);
            diff(golden, transcript);
            String command = "diff -u " + shown(golden.file()) + " " + shown(golden.actual());
            details.add("actual: " + shown(golden.actual()) + "; see it all with: " + command);
        }
    }

    private void bless(Golden golden, String transcript, Outcome outcome) {
        if (outcome != Outcome.PASSED) {
            details.add("bless: refused: " + shown(golden.file())
                    + ": only a test whose cases all ran and whose expectations all hold");
        } else if (transcript.equals(golden.text())) {
            golden.deleteActual();
            details.add("bless: " + shown(golden.file()) + ": unchanged");
        } else {
            details.addAll(GoldenDiff.lines(golden.text(), transcript));
            golden.bless(settings.tree(), transcript);
            golden.deleteActual();
            details.add("bless: " + shown(golden.file()) + ": written");
        }
    }

    private void diff(Golden golden, String transcript) {
        List<String> lines = GoldenDiff.lines(golden.text(), transcript);
        details.addAll(lines.subList(0, Math.min(DIFF_LINES, lines.size())));
        if (lines.size() > DIFF_LINES) {
            details.add("... " + (lines.size() - DIFF_LINES) + " more lines");
        }
    }

    private void tidy(Path scratch, List<CaseResult> cases) {
        boolean bad = cases.stream().anyMatch(one -> one.outcome().compareTo(Outcome.PASSED) > 0);
        if (bad || settings.keep()) {
            details.add("scratch: " + shown(scratch));
        } else {
            settings.scratch().clean(scratch);
        }
    }

    private String again() {
        String target = test.id().targetFormat();
        return "iotests/check -" + test.id().sourceFormat()
                + (target.equals("raw") ? "" : " --target " + target)
                + " --adapter " + test.id().adapter()
                + " --seed " + settings.seed() + " " + test.script().name();
    }

    private String shown(Path path) {
        return settings.tree().shown(path);
    }
}

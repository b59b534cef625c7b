// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import mirrorcheck.iotests.report.Event;
import mirrorcheck.iotests.report.Report;
import mirrorcheck.iotests.report.TestId;

/** Runs tests in parallel and tells a report. A runner runs once. */
public final class Runner {
    /** Key of the time of a whole run among the last times; no test can have it. */
    private static final String WHOLE_RUN = "run of ";

    private final RunSettings settings;
    private final long beganMillis;
    private final Report report;
    private final LastTimes times;
    private final List<Thread> workers = new ArrayList<>();
    private volatile boolean stopped;
    private volatile Throwable failure;

    /**
     * A runner that tells {@code report}, one event at a time.
     *
     * @param beganMillis when the run began, in milliseconds since the program was started: 0 for
     *                    its first
     */
    public Runner(RunSettings settings, long beganMillis, Report report) {
        this.settings = settings;
        this.beganMillis = beganMillis;
        this.report = report;
        this.times = LastTimes.read(settings.tree().target().resolve("check-times.txt"));
    }

    /**
     * Runs every test of {@code plan} and returns when all have ended or the run was stopped.
     *
     * @param problems what is wrong with the set-up beside the tests, one line each, to be reported
     *         at the end
     * @throws IllegalStateException if the runner or a report has a bug; every test was stopped
     */
    public void run(List<PlannedTest> plan, List<String> problems) {
        List<TestId> tests = plan.stream().map(PlannedTest::id).toList();
        String scratch = settings.tree().shown(settings.scratch().directory());
        tell(new Event.RunStarted(settings.adapter().name(), tests, settings.jobs(),
                settings.seed(), scratch, settings.host().get().lines(), settings.contract()
                .rules()));
        Queue<PlannedTest> queue = new ConcurrentLinkedQueue<>(longestFirst(plan));
        start(Math.min(settings.jobs(), plan.size()), queue);
        join();
        if (failure != null) {
            throw new IllegalStateException("runner: a worker died: " + failure, failure);
        }
        String key = WHOLE_RUN + plan.size() + " tests on " + settings.adapter().name();
        long last = times.of(key);
        long millis = settings.clock().millisSinceStart() - beganMillis;
        List<String> troubles = new ArrayList<>(problems);
        if (!stopped) {
            times.put(key, millis);
        }
        try {
            times.write();
        } catch (IOException e) {
            troubles.add("last times: cannot be written: " + e.getMessage());
        }
        tell(new Event.RunFinished(millis, last, stopped, troubles));
    }

    /**
     * Stops what runs, from any thread: scripts are interrupted, their resources closed; {@link
     * #run} then returns.
     */
    public void stop() {
        synchronized (workers) {
            stopped = true;
            workers.forEach(Thread::interrupt);
        }
    }

    /**
     * The longest first, so that the last one to end did not begin last; the plan's order among
     * equals.
     */
    private List<PlannedTest> longestFirst(List<PlannedTest> plan) {
        Comparator<PlannedTest> byTime = Comparator.comparingLong(test -> times.of(test.id()
                .key()));
        return plan.stream().sorted(byTime.reversed()).toList();
    }

    private void start(int count, Queue<PlannedTest> queue) {
        synchronized (workers) {
            for (int i = 0; i < count && !stopped; i++) {
                Thread worker = new Thread(() -> work(queue), "worker " + (i + 1));
                workers.add(worker);
                worker.start();
            }
        }
    }

    private void join() {
        for (Thread worker : List.copyOf(workers)) {
            boolean ended = false;
            while (!ended) {
                try {
                    worker.join();
                    ended = true;
                } catch (InterruptedException e) {
                    stop();
                }
            }
        }
    }

    private void work(Queue<PlannedTest> queue) {
        try {
            for (PlannedTest test = queue.poll(); test != null && !stopped; test = queue.poll()) {
                tell(new Event.TestFinished(new TestJob(test, settings, times, this::tell).run()));
            }
        } catch (InterruptedException e) {
            // Only stop() interrupts a worker: the run is over.
        } catch (RuntimeException | Error e) {
            failure = e;
            stop();
        }
    }

    private synchronized void tell(Event event) {
        report.on(event);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import groovy.lang.Script;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import mirrorcheck.iotests.host.AtomicWrite;
import mirrorcheck.iotests.judge.Skipped;
import mirrorcheck.iotests.report.Outcome;

/**
 * Runs one script on a thread and thread group of its own, so that whatever it starts can be found
 * if it hangs.
 */
final class TestThread {
    /** Where the stack trace of an error goes that no one expected. */
    static final String TRACE = "stack-trace.txt";

    private final PlannedTest test;
    private final TestRun run;
    private final RunSettings settings;
    private final CountDownLatch done = new CountDownLatch(1);
    private final ThreadGroup group;
    private final Thread thread;

    TestThread(PlannedTest test, TestRun run, RunSettings settings) {
        this.test = test;
        this.run = run;
        this.settings = settings;
        this.group = new ThreadGroup("test " + test.id());
        this.thread = new Thread(group, this::body, "script " + test.id());
        this.thread.setDaemon(true);
    }

    /** Starts it; {@link #done} opens when the script has ended and its resources are closed. */
    void start() {
        thread.start();
    }

    CountDownLatch done() {
        return done;
    }

    /** Asks the script to stop. */
    void interrupt() {
        thread.interrupt();
    }

    private void body() {
        boolean complete = false;
        try {
            Script script = settings.loader().load(test.script(), run);
            script.run();
            complete = true;
        } catch (Throwable thrown) {
            note(ScriptErrors.unwrap(thrown));
        } finally {
            close();
            run.end(complete);
            done.countDown();
        }
    }

    private void close() {
        List<String> problems = run.closeAll();
        if (!problems.isEmpty()) {
            run.blame(Outcome.ERRORED, test.script().file() + ": " + String.join("; ", problems));
        }
    }

    private void note(Throwable thrown) {
        if (thrown instanceof Skipped skipped) {
            run.skip(skipped.reasons());
            return;
        }
        String mistake = ScriptErrors.describe(test.script(), settings.loader().base(), thrown);
        if (Scratch.isFull(thrown)) {
            run.blame(Outcome.ERRORED, ScriptErrors.at(test.script(), thrown) + full(thrown));
        } else if (mistake != null) {
            run.blame(Outcome.ERRORED, mistake);
        } else {
            run.blame(Outcome.ERRORED, ScriptErrors.at(test.script(), thrown) + "our bug: "
                    + thrown + trace(thrown));
        }
    }

    private String full(Throwable thrown) {
        return Scratch.trouble(run.scratch(), new IOException(thrown.getMessage(), thrown))
                + ": " + thrown.getMessage();
    }

    private String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        try {
            AtomicWrite.write(run.scratch().resolve(TRACE), text.toString());
            return "; stack trace in " + settings.tree().shown(run.scratch().resolve(TRACE));
        } catch (IOException e) {
            return "; stack trace could not be written: " + e.getMessage() + "\n" + text;
        }
    }

    /** The stacks of the script's thread and of all threads that it started. */
    String dump() {
        StringBuilder text = new StringBuilder();
        Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> group.parentOf(groupOf(entry.getKey())))
                .sorted(java.util.Comparator.comparing(entry -> entry.getKey().threadId()))
                .forEach(entry -> {
                    text.append(entry.getKey().getName()).append(": ")
                            .append(entry.getKey().getState()).append('\n');
                    for (StackTraceElement frame : entry.getValue()) {
                        text.append("    at ").append(frame).append('\n');
                    }
                    text.append('\n');
                });
        return text.toString();
    }

    /** A thread that has just ended belongs to none. */
    private static ThreadGroup groupOf(Thread any) {
        ThreadGroup of = any.getThreadGroup();
        return of == null ? new ThreadGroup("ended") : of;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mirrorcheck.iotests.judge.ContractViolation;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Skipped;
import mirrorcheck.iotests.run.TestContext;
import org.apache.commons.io.file.PathUtils;

/**
 * Plays histories, each on an implementation of its own and in a directory of its own. One that
 * shows no sign of life is stopped, which breaks LIVE-1; the next goes on. Used by one thread.
 */
final class Trial {
    /** In place of a rule: what went wrong broke none. */
    static final String ERROR = "error";

    private static final String LIVE = "LIVE-1";
    /** How long what was stopped may take to end before it is left alone. */
    private static final long GRACE_SECONDS = 5;
    /** Closing may have to kill a daemon that does not end when asked, which takes longer. */
    private static final int GRACES = 6;

    /** How often is looked whether a history goes on, in the time after which it hangs. */
    private static final int LOOKS = 8;
    /** A step may take longer than that if there are signs of life, but not for ever. */
    private static final int BUSY_LOOKS = 3 * LOOKS;

    private final TestContext test;
    private int played;
    private int stuck;

    Trial(TestContext test) {
        this.test = test;
    }

    /**
     * What came of a history.
     *
     * @param violations what it broke, in order
     * @param error      what went wrong with the harness or the set-up; null if nothing did
     * @param hung       whether it had to be stopped
     */
    record Result(List<ContractViolation> violations, Throwable error, boolean hung) {
        boolean isClean() {
            return violations.isEmpty() && error == null;
        }

        /** Whether it broke a rule, or, if that is {@link #ERROR}, went wrong without. */
        boolean breaks(String rule) {
            return rule.equals(ERROR) ? violations.isEmpty() && error != null : violations.stream()
                    .anyMatch(one -> one.rule().equals(rule));
        }
    }

    /** How many histories were played, in all. */
    int played() {
        return played;
    }

    /** How many could not be stopped: their threads are left alone. */
    int stuck() {
        return stuck;
    }

    /** Plays a history that hangs once it shows no sign of life for so long. */
    Result play(History history, long timeoutNanos) {
        Path scratch = test.scratch().resolve("history" + played++);
        HistoryContext context = new HistoryContext(test, scratch);
        AtomicReference<Throwable> error = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            try {
                Course.run(history, test.adapter().capabilities(), new Player(context));
            } catch (Skipped e) {
                // The implementation has ended, and that was recorded.
                context.progress();
            } catch (Throwable e) {
                error.set(e);
            } finally {
                context.close();
                done.countDown();
            }
        }, "history " + history.seed());
        thread.setDaemon(true);
        test.step();
        try {
            Files.createDirectories(scratch);
            thread.start();
            boolean hung = !await(done, context, timeoutNanos);
            if (hung) {
                context.violation(new ContractViolation(LIVE, "history", "no progress", "an end"));
                stop(thread, done, context);
            }
            Result result = new Result(context.violations(), hung ? null : error.get(), hung);
            PathUtils.deleteDirectory(scratch);
            return result;
        } catch (InterruptedException e) {
            stop(thread, done, context);
            Thread.currentThread().interrupt();
            throw new HarnessError("history " + history.seed() + ": interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException("history " + history.seed() + ": " + e.getMessage(), e);
        }
    }

    /** Whether it has ended; false once it shows no sign of life, or goes round in circles. */
    private static boolean await(CountDownLatch done, HistoryContext context, long timeoutNanos)
            throws InterruptedException {
        long seen = -1;
        long step = -1;
        int quiet = 0;
        int busy = 0;
        while (quiet < LOOKS && busy < BUSY_LOOKS) {
            quiet = context.signs() > seen ? 0 : quiet + 1;
            busy = context.steps() > step ? 0 : busy + 1;
            seen = context.signs();
            step = context.steps();
            if (done.await(timeoutNanos / LOOKS, TimeUnit.NANOSECONDS)) {
                return true;
            }
        }
        return false;
    }

    private void stop(Thread thread, CountDownLatch done, HistoryContext context) {
        thread.interrupt();
        Thread closer = new Thread(context::close, "close " + thread.getName());
        closer.setDaemon(true);
        closer.start();
        boolean ended = false;
        boolean interrupted = Thread.interrupted();
        try {
            ended = done.await(GRACE_SECONDS, TimeUnit.SECONDS);
            for (int i = 0; i < GRACES && closer.isAlive(); i++) {
                test.progress();
                closer.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (!ended || closer.isAlive()) {
            stuck++;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

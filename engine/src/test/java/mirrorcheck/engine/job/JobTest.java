// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The state machine where verbs meet each other and the end. */
@Timeout(20)
class JobTest {
    private final Jobs jobs = new Jobs();
    private final AtomicReference<Throwable> uncaught = new AtomicReference<>();
    private final Executor threads = task -> {
        Thread thread = new Thread(task, "job");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dead, bug) -> uncaught.set(bug));
        thread.start();
    };

    private ScriptedJob paused(boolean autoDismiss) throws Exception {
        ScriptedJob job = ScriptedJob.of(true, autoDismiss);
        job.work = ScriptedJob::readyForEver;
        job.start(jobs, threads);
        job.await(Set.of(JobStatus.READY));
        job.pause();
        job.await(Set.of(JobStatus.STANDBY));
        return job;
    }

    @Test
    void rejectedThreadLeavesNothingBehind() {
        ScriptedJob job = ScriptedJob.of(true, true);

        BlockException refused = assertThrows(BlockException.class, () -> job.start(jobs, task -> {
            throw new RejectedExecutionException("closed");
        }));

        assertEquals(Errno.EAGAIN, refused.errno());
        assertEquals(List.of(), jobs.all());
        assertEquals(List.of(), job.events);
    }

    @Test
    void jobThatSomebodyFindsInTheRegistryHasAStatus() {
        assertEquals(JobStatus.CREATED, ScriptedJob.of(true, true).info().status());
    }

    @Test
    void takenIdLeavesTheFirstJobAlone() throws Exception {
        ScriptedJob first = paused(true);
        BlockException refused = assertThrows(BlockException.class,
                () -> ScriptedJob.of(true, true).start(jobs, threads));

        assertEquals("Job ID 'j' already in use", refused.getMessage());
        assertSame(first, jobs.find("j"));
        first.cancel(true);
        first.await(Job.over());
    }

    @Test
    void pauseThatComesAfterCancelDoesNotHoldTheJob() throws Exception {
        ScriptedJob job = paused(true);
        job.lock.lock();
        try {
            job.cancel(true);
            job.pause();
        } finally {
            job.lock.unlock();
        }
        job.await(Job.over());

        assertEquals(List.of("created", "running", "ready", "READY", "standby", "ready",
                "aborting", "CANCELLED",
                "concluded", "null"), job.events);
        assertFalse(job.info().paused());
    }

    @Test
    void errorThatStopsAfterCancelDoesNotHoldTheJob() throws Exception {
        ScriptedJob job = paused(true);
        job.lock.lock();
        try {
            job.cancel(true);
            job.handleError(JobEvent.Operation.WRITE, ErrorPolicy.STOP,
                    new BlockException(Errno.EIO, "late"));
        } finally {
            job.lock.unlock();
        }
        job.await(Job.over());

        assertEquals(JobInfo.IoStatus.OK, job.info().ioStatus());
    }

    @Test
    void pauseIsForgottenWhenTheWorkIsDone() throws Exception {
        ScriptedJob job = ScriptedJob.of(false, true);
        CountDownLatch asked = new CountDownLatch(1);
        job.work = self -> ScriptedJob.await(asked);
        job.start(jobs, threads);
        job.pause();
        asked.countDown();
        // Going from running to waiting skips ready: this job never promised anything.
        job.await(Set.of(JobStatus.PENDING));

        assertEquals("Can't resume a job that was not paused",
                assertThrows(BlockException.class, job::resume).getMessage());
        job.cancel(false);
        assertEquals(List.of("created", "running", "waiting", "pending", "PENDING", "aborting",
                "CANCELLED",
                "concluded", "null"), job.events);
    }

    @ParameterizedTest(name = "first {0}: {1}")
    @CsvSource({"cancel, CANCELLED", "finalize, COMPLETED"})
    void ofCancelAndFinalizeTheFirstCounts(String first, String end) throws Exception {
        ScriptedJob job = ScriptedJob.of(false, false);
        job.start(jobs, threads);
        job.await(Set.of(JobStatus.PENDING));
        List<Thread> verbs = List.of(verb(() -> job.cancel(true)), verb(job::finalizeJob));
        job.lock.lock();
        try {
            // The lock is first come, first served: the job's thread, which is signalled later,
            // comes after both.
            for (Thread verb : first.equals("cancel") ? verbs : verbs.reversed()) {
                verb.start();
                while (!job.guard.hasQueuedThread(verb)) {
                    Thread.onSpinWait();
                }
            }
        } finally {
            job.lock.unlock();
        }
        job.await(Job.over());
        for (Thread verb : verbs) {
            verb.join();
        }

        assertTrue(job.events.contains(end), () -> job.events.toString());
        assertEquals(end.equals("CANCELLED") ? "Operation canceled" : null, job.info().error());
        assertEquals(end.equals("CANCELLED"), job.events.contains("aborting"));
    }

    private static Thread verb(Verb verb) {
        Thread thread = new Thread(() -> {
            try {
                verb.run();
            } catch (BlockException e) {
                throw new AssertionError(e);
            }
        });
        thread.setDaemon(true);
        return thread;
    }

    private interface Verb {
        void run() throws BlockException;
    }

    @ParameterizedTest(name = "last step fails: {0}")
    @CsvSource({"false, COMPLETED", "true, COMPLETED Input/output error"})
    void cancelDuringTheLastStepIsTooLate(boolean fails, String end) throws Exception {
        ScriptedJob job = ScriptedJob.of(true, false);
        CountDownLatch preparing = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        job.preparation = self -> {
            preparing.countDown();
            ScriptedJob.await(cancelled);
            if (fails) {
                throw new BlockException(Errno.EIO, "flush failed");
            }
        };
        job.start(jobs, threads);
        preparing.await();
        Thread canceller = verb(() -> job.cancel(true));
        canceller.start();
        awaitWaiter(job);
        cancelled.countDown();
        canceller.join();

        assertTrue(job.events.contains(end), () -> job.events.toString());
        assertEquals(fails, job.events.contains("aborting"));
        assertEquals(fails ? "Input/output error" : null, job.info().error());
    }

    /** Until some verb waits for the end of the job, whose own thread does not wait. */
    private static void awaitWaiter(ScriptedJob job) {
        boolean waits = false;
        while (!waits) {
            job.lock.lock();
            try {
                waits = job.guard.hasWaiters(job.changed);
            } finally {
                job.lock.unlock();
            }
        }
    }

    @Test
    void bugInTheWorkEndsTheJobAndIsNotHidden() throws Exception {
        for (Throwable bug : List.of(new IllegalStateException("bug"), new AssertionError("bug"))) {
            ScriptedJob job = ScriptedJob.of(true, true);
            job.work = self -> {
                if (bug instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) bug;
            };
            CountDownLatch dead = new CountDownLatch(1);
            job.start(jobs, task -> threads.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    uncaught.set(e);
                } finally {
                    dead.countDown();
                }
            }));
            dead.await();

            assertSame(bug, uncaught.get());
            assertEquals(1, job.cleanUps);
            assertEquals(List.of("created", "running", "aborting", "COMPLETED Input/output error",
                    "concluded", "null"),
                    job.events);
            assertNull(jobs.find("j"));
        }
    }

    @Test
    void interruptOfTheJobsThreadEndsNothing() throws Exception {
        ScriptedJob job = ScriptedJob.of(true, true);
        job.work = self -> {
            Thread.currentThread().interrupt();
            ScriptedJob.readyForEver(self);
        };
        job.start(jobs, threads);
        job.await(Set.of(JobStatus.READY));
        job.pause();
        job.await(Set.of(JobStatus.STANDBY));
        job.cancel(true);

        assertTrue(job.await(Job.over()).isOver());
    }

    @Test
    void everyVerbHasItsAnswerOnThreadsThatComeAtOnce() throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 50; round++) {
                ScriptedJob job = ScriptedJob.of(true, true);
                job.work = ScriptedJob::readyForEver;
                job.start(jobs, threads);
                job.await(Set.of(JobStatus.READY));
                List.<Verb>of(job::pause, job::resume, job::pause, () -> job.cancel(true)).stream()
                        .map(verb -> pool.submit(() -> answer(verb))).toList()
                                .forEach(JobTest::get);

                assertTrue(job.await(Job.over()).isOver());
                assertEquals(List.of("CANCELLED", "concluded", "null"),
                        job.events.subList(job.events.size() - 3, job.events.size()));
            }
        }
    }

    private static void answer(Verb verb) {
        try {
            verb.run();
        } catch (BlockException e) {
            // Refused is an answer.
            assertEquals(Errno.EINVAL, e.errno());
        }
    }

    private static void get(Future<?> future) {
        try {
            future.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDrainShowsOnlyWhereTheJobIsIdleAndNotPaused() throws Exception {
        ScriptedJob job = paused(true);
        assertFalse(job.beginDrain());
        job.resume();
        assertTrue(job.beginDrain());
        assertEquals(JobStatus.STANDBY, job.info().status());
        assertFalse(job.info().paused());
        assertFalse(job.beginDrain());
        job.pause();
        job.endDrain();
        assertEquals(JobStatus.STANDBY, job.info().status());
        assertFalse(job.beginDrain());
        job.resume();
        assertEquals(JobStatus.READY, job.info().status());
        job.cancel(true);
        job.await(Job.over());
    }
}

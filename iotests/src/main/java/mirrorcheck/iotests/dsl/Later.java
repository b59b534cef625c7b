// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import mirrorcheck.iotests.judge.HarnessError;

/** Something that goes on beside the script. */
public final class Later {
    private final String subject;
    private final FutureTask<Void> task;
    private final Thread thread;

    Later(String subject, Runnable work) {
        this.subject = subject;
        this.task = new FutureTask<>(work, null);
        this.thread = Thread.ofPlatform().daemon().name(subject + "-later").start(task);
    }

    /**
     * Blocks until it has ended, or waits: for a request that is held, for one that is ahead of
     * it, or for an answer of another process, which may not have seen it yet.
     */
    public Later awaitHeldUp() {
        Await.until(() -> { }, () -> task.isDone()
                || Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING)
                .contains(thread.getState()));
        return this;
    }

    /** Whether it has ended. */
    public boolean isDone() {
        return task.isDone();
    }

    /** Blocks until it has ended; what went wrong in it goes wrong here. */
    public void await() {
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HarnessError(subject + ": interrupted while waiting", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause
                    : new HarnessError(subject + ": " + e.getCause(), e.getCause());
        }
    }
}

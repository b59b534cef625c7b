// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import mirrorcheck.iotests.judge.HarnessError;

/** Something that goes on beside the script. */
public final class Later {
    private final String subject;
    private final FutureTask<Void> task;

    Later(String subject, Runnable work) {
        this.subject = subject;
        this.task = new FutureTask<>(work, null);
        Thread.ofPlatform().daemon().name(subject + "-later").start(task);
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

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Has a thread of the run for each task: the first is the job, the others are its requests. */
final class BatonExecutor extends AbstractExecutorService {
    private final Baton baton;
    private int lanes;

    BatonExecutor(Baton baton) {
        this.baton = baton;
    }

    @Override
    public void execute(Runnable task) {
        baton.spawn(lanes == 0 ? "job" : "lane" + lanes, task::run);
        lanes++;
    }

    @Override
    public void shutdown() {
        throw new UnsupportedOperationException("shutdown");
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException("shutdownNow");
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("awaitTermination");
    }
}

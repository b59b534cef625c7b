// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.job.JobEvent.Progress;

/** A job whose work is what a test writes. */
class ScriptedJob extends Job {
    /** What the job does in a phase. */
    interface Script {
        void run(ScriptedJob job) throws BlockException;
    }

    static final Script NOTHING = job -> { };

    final List<String> events;
    /** The job's lock, which can be asked who waits for it. */
    final ReentrantLock guard;
    Script work = NOTHING;
    Script preparation = NOTHING;
    int cleanUps;

    private ScriptedJob(JobOptions options, List<String> events, ReentrantLock guard) {
        super(options, event -> events.add(text(event)), Clock.SYSTEM, guard);
        this.events = events;
        this.guard = guard;
    }

    static ScriptedJob of(boolean autoFinalize, boolean autoDismiss) {
        return new ScriptedJob(new JobOptions("j", 0, autoFinalize, autoDismiss),
                Collections.synchronizedList(new ArrayList<>()), new ReentrantLock());
    }

    private static String text(JobEvent event) {
        return switch (event) {
            case JobEvent.StatusChange e -> e.status().word();
            case JobEvent.Completed e -> "COMPLETED" + (e.error() == null ? "" : " " + e.error());
            default -> event.getClass().getSimpleName().toUpperCase();
        };
    }

    /** Work that becomes ready and waits, as a mirror does, until it is cancelled. */
    static void readyForEver(ScriptedJob job) {
        job.lock.lock();
        try {
            job.becomeReady();
            while (true) {
                job.pausePoint();
                job.awaitIdle(0);
            }
        } finally {
            job.lock.unlock();
        }
    }

    /** Waits for a latch, whatever interrupts. */
    static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void run() throws BlockException {
        work.run(this);
    }

    @Override
    protected void prepare() throws BlockException {
        preparation.run(this);
    }

    @Override
    protected void cleanUp() {
        cleanUps++;
    }

    @Override
    protected void onComplete() {
    }

    @Override
    protected void onSoftCancel() {
    }

    @Override
    protected Progress progress() {
        return new Progress(0, 0);
    }

    @Override
    protected boolean activelySynced() {
        return false;
    }
}

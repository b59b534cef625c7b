// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.Locale;
import java.util.function.Consumer;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.driver.HostPath;
import mirrorcheck.engine.driver.ImageCreate;
import mirrorcheck.engine.driver.Preallocation;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobEvent;
import mirrorcheck.engine.job.JobEvent.Progress;
import mirrorcheck.engine.job.JobOptions;
import mirrorcheck.engine.qmp.schema.Arguments;

/**
 * The job of {@code blockdev-create}: it creates an image file and stays concluded until it is
 * dismissed, with its error if it failed.
 */
final class CreateJob extends Job {
    private final Graph graph;
    private final Arguments options;
    private boolean done;

    CreateJob(String id, Graph graph, Arguments options, Consumer<JobEvent> listener) {
        super(new JobOptions(id, 0, true, false), listener, Clock.SYSTEM);
        this.graph = graph;
        this.options = options;
    }

    @Override
    protected void run() throws BlockException {
        try {
            create();
        } catch (BlockException e) {
            // The whole message is what a client reads, not only that of the host.
            throw BlockException.refused(e.getMessage());
        } finally {
            lock.lock();
            done = true;
            lock.unlock();
        }
    }

    private void create() throws BlockException {
        if (options.string("driver").equals("qcow2")) {
            new Qcow2Creation(graph, options).run();
            return;
        }
        String preallocation = options.string("preallocation", "off");
        if (preallocation.equals("metadata")) {
            throw BlockException.refused("Unsupported preallocation mode: metadata");
        }
        String filename = options.string("filename");
        ImageCreate.raw(HostPath.of(filename), options.integer("size", 0),
                Preallocation.valueOf(preallocation.toUpperCase(Locale.ROOT)));
    }

    @Override
    protected void prepare() {
        // Nothing is left to do.
    }

    @Override
    protected void cleanUp() {
        // Nothing is held.
    }

    @Override
    protected void onComplete() {
        throw new IllegalStateException("never ready");
    }

    @Override
    protected void onSoftCancel() {
        throw new IllegalStateException("never ready");
    }

    @Override
    protected Progress progress() {
        return new Progress(1, done ? 1 : 0);
    }

    @Override
    protected boolean activelySynced() {
        return false;
    }
}

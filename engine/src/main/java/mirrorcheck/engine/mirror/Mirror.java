// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.function.Consumer;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.job.JobEvent;
import mirrorcheck.engine.job.JobOptions;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.job.Jobs;

/**
 * The command {@code blockdev-mirror}: checks its arguments, puts the filter above the source and
 * starts the job.
 */
public final class Mirror {
    private static final String BLOCKED = "block device is in use by block job: mirror";

    private Mirror() {
    }

    /**
     * Starts a mirror. On return the job is running and no guest write of the source escapes it.
     *
     * @param listener told of the job's events, see {@link JobEvent}
     * @return the job, also to be found in {@code jobs}
     * @throws BlockException EINVAL and the text a client of QMP reads, for the first fault in the
     *         order that QEMU checks them (rule ARGS-1); nothing has changed. The listener hears of
     *         {@code created} and {@code null} if it was the speed or a target that is read-only or
     *         in use, as from QEMU 11.1. Images of different sizes are found out by the job (rule
     *         ARGS-3)
     */
    public static MirrorJob start(MirrorOptions options, Graph graph, Jobs jobs,
            Consumer<JobEvent> listener,
            MirrorParts parts) throws BlockException {
        MirrorJob job;
        // Checked and claimed in one step, so that of two mirrors started at once the second meets
        // the first.
        synchronized (graph) {
            job = check(options, graph, jobs, listener, parts);
            claim(job, graph);
        }
        begin(job, graph, jobs, parts);
        return job;
    }

    private static MirrorJob check(MirrorOptions options, Graph graph, Jobs jobs,
            Consumer<JobEvent> listener,
            MirrorParts parts) throws BlockException {
        BlockNode source = graph.node(options.device());
        // This refuses what another mirror uses too: its filter stands above.
        graph.checkRoot(source);
        BlockNode target = graph.node(options.target());
        Geometry.checkGranularity(options.granularity());
        graph.checkUnblocked(target);
        checkReplaces(options, graph, source);
        checkSync(options.sync());
        if (options.bufSize() < 0) {
            throw BlockException.refused("Invalid parameter 'buf-size'");
        }
        if (source == target) {
            throw BlockException.refused("Can't mirror node into itself");
        }
        String filterName = filterName(options, graph);
        JobOptions.checkId(options.jobId());
        jobs.checkFree(options.jobId());
        try {
            JobOptions.checkSpeed(options.speed());
            if (target.options().readOnly()) {
                throw new BlockException(Errno.EACCES, "Block node is read-only");
            }
            checkUnused(target, graph);
        } catch (BlockException e) {
            // QEMU makes the job before it looks at these, and clients hear of its short life.
            listener.accept(new JobEvent.StatusChange(options.jobId(), JobStatus.CREATED));
            listener.accept(new JobEvent.StatusChange(options.jobId(), JobStatus.NULL));
            throw e;
        }
        return new MirrorJob(options, parts, graph, source, target, filterName, listener);
    }

    private static void claim(MirrorJob job, Graph graph) throws BlockException {
        MirrorFilter filter = job.filter();
        graph.add(filter);
        graph.block(filter, BLOCKED);
        graph.block(filter.source(), BLOCKED);
        graph.block(filter.target(), BLOCKED);
        graph.reserve(filter.target());
    }

    private static void begin(MirrorJob job, Graph graph, Jobs jobs, MirrorParts parts)
            throws BlockException {
        MirrorFilter filter = job.filter();
        BlockNode source = filter.source();
        // The bitmaps exist before the filter is seen, and no request is under way while users move
        // to it: a write either ended before the scan begins or is recorded (bugs B05 and B06).
        try (Graph.Drain drain = graph.drain(source)) {
            drain.moveUsersTo(filter);
            try {
                job.start(jobs, parts.executor());
            } catch (BlockException e) {
                drain.takeOut(filter, source);
                graph.unblock(source);
                graph.unblock(filter.target());
                graph.unblock(filter);
                throw e;
            }
        }
    }

    /**
     * Only the source itself can be replaced without a change of visible data: no driver here has
     * several children.
     */
    private static void checkReplaces(MirrorOptions options, Graph graph, BlockNode source)
            throws BlockException {
        String replaces = options.replaces();
        if (replaces == null || replaces.equals(source.nodeName())) {
            return;
        }
        if (graph.nodes().stream().noneMatch(node -> node.nodeName().equals(replaces))) {
            throw BlockException.refused("Failed to find node with node-name='" + replaces + "'");
        }
        graph.checkUnblocked(graph.node(replaces));
        throw BlockException.refused("Cannot replace '" + replaces + "' by a node mirrored from '"
                + source.nodeName() + "', because it cannot be guaranteed that doing so would not "
                + "lead to an abrupt change of visible data");
    }

    private static void checkSync(Sync sync) throws BlockException {
        if (sync == Sync.INCREMENTAL || sync == Sync.BITMAP) {
            throw BlockException.refused("Sync mode '"
                    + sync.name().toLowerCase(java.util.Locale.ROOT)
                    + "' not supported");
        }
    }

    private static String filterName(MirrorOptions options, Graph graph) throws BlockException {
        if (options.filterNodeName() == null) {
            return graph.generateName();
        }
        NodeOptions named = NodeOptions.named(options.filterNodeName()).checked();
        graph.checkFree(named.nodeName());
        return named.nodeName();
    }

    /**
     * Somebody who reads or writes the target during the job would see, or make, something that is
     * neither end.
     */
    private static void checkUnused(BlockNode target, Graph graph) throws BlockException {
        if (graph.isUsed(target)) {
            throw BlockException.refused(
                    Graph.permissionConflict(target.nodeName(), "consistent read"));
        }
        graph.checkRoot(target);
    }
}

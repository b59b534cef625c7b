// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.job.Jobs;
import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.Mirror;
import mirrorcheck.engine.mirror.MirrorJob;
import mirrorcheck.engine.mirror.MirrorOptions;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.mirror.Sync;
import mirrorcheck.engine.mirror.Tracking;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.judge.AllocationJudge;

/**
 * One mirror of a source image to a new sparse target, everything at its default: opened, run,
 * checked, closed. For one thread.
 */
final class WholeMirror implements AutoCloseable {
    /** What a file system may allocate for its own maps, in bytes, and as a part of the data. */
    private static final long MAPS = 1L << 20;
    private static final long MAPS_PART = 64;

    private final SourceImage source;
    private final Path target;
    private final ImageFormat format;
    private final boolean zeroBitmap;
    private final Graph graph = new Graph();
    private final Jobs jobs = new Jobs();
    private final RequestCounter sourceRequests;
    private final RequestCounter targetRequests;
    private SkipCounter skips;

    /**
     * Makes the target and opens both ends; the mirror is not started. It flushes the target before
     * READY.
     *
     * @param target     where to make it, over what is there; it lives until {@link #close}
     * @param format     of the target
     * @param zeroBitmap whether the mirror remembers which chunks of the target are zero
     */
    WholeMirror(SourceImage source, Path target, ImageFormat format, boolean zeroBitmap)
            throws IOException {
        this(source, target, format, zeroBitmap, NodeOptions.named("target"));
    }

    /** The same that ends in the page cache, so that no disk is measured. */
    static WholeMirror withoutFlush(SourceImage source, Path target, ImageFormat format)
            throws IOException {
        return new WholeMirror(source, target, format, true,
                NodeOptions.named("target").withNoFlush(true));
    }

    private WholeMirror(SourceImage source, Path target, ImageFormat format, boolean zeroBitmap,
            NodeOptions targetOptions) throws IOException {
        this.source = source;
        this.target = target;
        this.format = format;
        this.zeroBitmap = zeroBitmap;
        format.create(target, new ImageModel(source.size()));
        sourceRequests = add(NodeOptions.named("source").withReadOnly(true),
                source.format().open(source.path(), true));
        targetRequests = add(targetOptions, format.open(target, false));
    }

    /** A counter over a format node, in the graph: the end that the mirror gets. */
    private RequestCounter add(NodeOptions options, BlockNode end) throws BlockException {
        RequestCounter counter = new RequestCounter(options, end);
        graph.add(counter);
        return counter;
    }

    /**
     * What is measured: start, copy, READY, complete, pivot.
     *
     * @throws IOException if the mirror failed, with its reason
     */
    void run() throws IOException, InterruptedException {
        MirrorOptions options = MirrorOptions.of("mirror", "source", "target", Sync.FULL);
        MirrorJob job = Mirror.start(options, graph, jobs, event -> { },
                MirrorParts.standard().withTracking(this::track));
        if (job.await(Set.of(JobStatus.READY)) == JobStatus.READY) {
            job.complete();
        }
        job.await(Job.over());
        if (job.info().error() != null) {
            throw new IOException("mirror to " + target + ": failed: " + job.info().error());
        }
    }

    private Tracking track(Geometry geometry, boolean tracksZeroes) {
        skips = new SkipCounter(geometry, tracksZeroes && zeroBitmap);
        return skips;
    }

    /** What {@link #run} asked of the target. */
    Counts counts() {
        return new Counts(targetRequests.writes(), targetRequests.bytesWritten(),
                targetRequests.zeroWrites(), targetRequests.bytesZeroed(), skips.skippedBytes(),
                targetRequests.statusRequests());
    }

    /** The block-status requests of {@link #run} to the source; no rule says how many. */
    long sourceStatus() {
        return sourceRequests.statusRequests();
    }

    /** The bytes the host has allocated for the target. */
    long allocatedBytes() throws IOException {
        return AllocationJudge.allocatedBytes(target);
    }

    /**
     * Refuses a run that was not what it claims: other requests than the rules say, other content
     * than the source has, or more allocation than was written. Closes both ends before it looks.
     *
     * @throws IllegalStateException that says expected and found
     */
    void check() throws IOException {
        closeNodes();
        Counts expected = Counts.expected(source.model(), source.format(), format, zeroBitmap);
        if (!counts().equals(expected)) {
            throw new IllegalStateException("target: expected " + expected + "; found " + counts());
        }
        checkContent();
        long written = expected.bytesWritten() + expected.bytesZeroed();
        long most = written + MAPS + written / MAPS_PART;
        if (allocatedBytes() > most) {
            throw new IllegalStateException("target: allocated " + allocatedBytes()
                    + " bytes; expected at most " + most + " after writing " + written);
        }
    }

    /** By the account of what was written to the source; holes are not read, data is. */
    private void checkContent() throws IOException {
        OptionalLong differs = format.firstDifference(target, source.model());
        if (differs.isPresent()) {
            throw new IllegalStateException("target: differs from the source: first at offset "
                    + differs.getAsLong());
        }
    }

    private void closeNodes() throws BlockException {
        for (BlockNode node : graph.nodes()) {
            node.close();
        }
    }

    /** Closes both ends and deletes the target. */
    @Override
    public void close() throws IOException {
        closeNodes();
        Files.deleteIfExists(target);
    }
}

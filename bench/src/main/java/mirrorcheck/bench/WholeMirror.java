// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.block.Attachment;
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
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.mirror.Tracking;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.judge.AllocationJudge;

/**
 * One mirror of a source image to a new sparse target: opened, run, checked, closed. For one
 * thread.
 */
final class WholeMirror implements AutoCloseable {
    /** What a file system may allocate for its own maps, in bytes, and as a part of the data. */
    private static final long MAPS = 1L << 20;
    private static final long MAPS_PART = 64;

    private static final String SOURCE = "source";
    private static final String TARGET = "target";

    private final SourceImage source;
    private final Path target;
    private final ImageFormat format;
    private final MirrorSettings settings;
    private final Graph graph = new Graph();
    private final Jobs jobs = new Jobs();
    private final Lock lock = new ReentrantLock();
    private final RequestCounter sourceRequests;
    private final RequestCounter targetRequests;
    private SkipCounter skips;
    private MirrorJob job;

    /**
     * Makes the target and opens both ends; the mirror is not started.
     *
     * @param target where to make it, over what is there; it lives until {@link #close}
     * @param format of the target
     */
    WholeMirror(SourceImage source, Path target, ImageFormat format, MirrorSettings settings)
            throws IOException {
        this(source, target, format, settings, false);
    }

    /**
     * The same with a guest that may write to the source.
     *
     * @param guestWrites whether it may
     */
    WholeMirror(SourceImage source, Path target, ImageFormat format, MirrorSettings settings,
            boolean guestWrites) throws IOException {
        this.source = source;
        this.target = target;
        this.format = format;
        this.settings = settings;
        format.create(target, new ImageModel(source.size()));
        sourceRequests = add(NodeOptions.named(SOURCE).withReadOnly(!guestWrites),
                source.format().open(source.path(), !guestWrites));
        targetRequests = add(settings.targetOptions(TARGET), format.open(target, false));
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
        start();
        complete();
    }

    /** Starts the job. */
    void start() throws IOException {
        job = Mirror.start(settings.jobOptions("mirror", SOURCE, TARGET), graph, jobs,
                event -> { }, MirrorParts.standard().withLocks(() -> lock)
                        .withTracking(this::track));
    }

    private Tracking track(Geometry geometry, boolean tracksZeroes) {
        skips = settings.tracking().bookkeeping(geometry, tracksZeroes, targetRequests, lock);
        return skips;
    }

    /** A user of the source, which goes on with the target when the job has completed. */
    Attachment guest() throws IOException {
        return graph.attach(SOURCE, "guest", true);
    }

    /**
     * Waits until the job is READY, and lets it rest: what a guest writes now meets no request of
     * the job.
     *
     * @throws IOException if it failed first, with its reason
     */
    void pauseReady() throws IOException, InterruptedException {
        if (job.await(Set.of(JobStatus.READY)) == JobStatus.READY) {
            job.pause();
        }
        job.await(Set.of(JobStatus.STANDBY));
        checkError();
    }

    /** Ends {@link #pauseReady}: the job copies what is dirty. */
    void resume() throws IOException {
        job.resume();
    }

    /**
     * Waits until the job is READY, completes it and waits for its end.
     *
     * @throws IOException if it failed, with its reason
     */
    void complete() throws IOException, InterruptedException {
        if (job.await(Set.of(JobStatus.READY)) == JobStatus.READY) {
            job.complete();
        }
        job.await(Job.over());
        checkError();
    }

    private void checkError() throws IOException {
        if (job.info().error() != null) {
            throw new IOException("mirror to " + target + ": failed: " + job.info().error());
        }
    }

    /** What the job, and guests through it, asked of the target so far. */
    Counts counts() {
        return new Counts(targetRequests.writes(), targetRequests.bytesWritten(),
                targetRequests.zeroWrites(), targetRequests.bytesZeroed(), skips.skippedBytes(),
                targetRequests.statusRequests());
    }

    /** The block-status requests to the source so far; no rule says how many. */
    long sourceStatus() {
        return sourceRequests.statusRequests();
    }

    /** The bytes the host has allocated for the target. */
    long allocatedBytes() throws IOException {
        return AllocationJudge.allocatedBytes(target);
    }

    /**
     * Refuses a run without a guest that was not what it claims.
     *
     * @throws IllegalStateException that says expected and found
     */
    void check() throws IOException {
        check(Counts.expected(source.model(), source.format(), format, settings));
    }

    /**
     * Refuses a run with other requests than the rules say, other content than the source has, or
     * more allocation than was written. Closes both ends before it looks.
     *
     * @throws IllegalStateException that says expected and found
     */
    void check(Counts expected) throws IOException {
        closeNodes();
        if (!counts().equals(expected)) {
            throw new IllegalStateException("target: expected " + expected + "; found " + counts());
        }
        checkContent();
        long written = expected.bytesWritten()
                + (settings.mustPunch() ? 0 : expected.bytesZeroed());
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

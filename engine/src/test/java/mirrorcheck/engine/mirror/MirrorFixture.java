// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.RawNode;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobEvent;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.job.Jobs;

/**
 * A source and a target on real files, each with a gate above its file, and the events of the
 * mirrors between them.
 */
final class MirrorFixture implements AutoCloseable {
    final Graph graph = new Graph();
    final Jobs jobs = new Jobs();
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final Gate sourceGate = new Gate();
    final Gate targetGate = new Gate();
    final Path sourcePath;
    final Path targetPath;

    /** Empty sparse images of {@code bytes}; the target's node has these options. */
    MirrorFixture(Path dir, long bytes, NodeOptions targetOptions) throws IOException {
        sourcePath = sparse(dir.resolve("source.raw"), bytes);
        targetPath = sparse(dir.resolve("target.raw"), bytes);
        addNode(sourcePath, NodeOptions.named("source").withDiscard(Discard.UNMAP), sourceGate);
        addNode(targetPath, targetOptions, targetGate);
    }

    static MirrorFixture of(Path dir, long bytes) throws IOException {
        return new MirrorFixture(dir, bytes, NodeOptions.named("target"));
    }

    /** A raw node over a gate over a file. */
    void addNode(Path path, NodeOptions options, Gate gate) throws IOException {
        NodeOptions fileOptions = NodeOptions.named("file").withDiscard(Discard.UNMAP);
        graph.add(new RawNode(options,
                new GatedNode(gate, FileNode.open(path, fileOptions, false)), true));
    }

    static Path sparse(Path path, long bytes) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return path;
    }

    /** The usual mirror of everything. */
    static MirrorOptions full() {
        return MirrorOptions.of("j", "source", "target", Sync.FULL);
    }

    /** What reached the target so far, sorted; reads and questions left out. */
    List<String> sortedRequests() {
        return targetGate.changes().stream().sorted().toList();
    }

    MirrorJob start(MirrorOptions options) throws BlockException {
        return start(options, MirrorParts.standard());
    }

    MirrorJob start(MirrorOptions options, MirrorParts parts) throws BlockException {
        return Mirror.start(options, graph, jobs, event -> events.add(text(event)), parts);
    }

    /** Starts a mirror and waits for READY. */
    MirrorJob ready(MirrorOptions options) throws Exception {
        MirrorJob job = start(options);
        job.await(Set.of(JobStatus.READY));
        return job;
    }

    /** Mirrors to the end: waits for READY, completes, waits until the job is gone. */
    void mirror(MirrorOptions options) throws Exception {
        finish(ready(options));
    }

    void finish(MirrorJob job) throws Exception {
        job.complete();
        job.await(Job.over());
    }

    static String text(JobEvent event) {
        return switch (event) {
            case JobEvent.StatusChange e -> e.status().word();
            case JobEvent.Ready e -> "READY " + e.progress().offset() + "/" + e.progress().len();
            case JobEvent.Pending e -> "PENDING";
            case JobEvent.Completed e -> "COMPLETED " + e.progress().offset() + "/"
                    + e.progress().len()
                    + (e.error() == null ? "" : " " + e.error());
            case JobEvent.Cancelled e -> "CANCELLED";
            case JobEvent.Error e -> "ERROR " + e.operation() + " " + e.action();
        };
    }

    /** Fills part of the source with bytes that depend on their place and are never zero. */
    void fillSource(long offset, int bytes, int seed) throws IOException {
        write(sourcePath, offset, bytes, seed);
    }

    void fillTarget(long offset, int bytes, int seed) throws IOException {
        write(targetPath, offset, bytes, seed);
    }

    private static void write(Path path, long offset, int bytes, int seed) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(pattern(bytes, seed)), offset);
        }
    }

    static byte[] pattern(int bytes, int seed) {
        byte[] pattern = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            pattern[i] = (byte) (1 + (i * 31 + seed * 7 + (i >> 9)) % 255);
        }
        return pattern;
    }

    Attachment guest() throws BlockException {
        return graph.attach("source", "guest");
    }

    boolean identical() throws IOException {
        return Files.mismatch(sourcePath, targetPath) == -1;
    }

    /** Opens the gates and ends what still runs. */
    @Override
    public void close() throws BlockException {
        sourceGate.clear();
        targetGate.clear();
        for (Job job : jobs.all()) {
            end(job);
        }
        for (BlockNode node : graph.nodes()) {
            node.close();
        }
    }

    private static void end(Job job) {
        try {
            job.cancel(true);
        } catch (BlockException e) {
            // It is ending by itself, or has ended.
        }
        try {
            job.await(Job.over());
        } catch (InterruptedException e) {
            throw new AssertionError("job '" + job.id() + "' does not end", e);
        }
    }
}

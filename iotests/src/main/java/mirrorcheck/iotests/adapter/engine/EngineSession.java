// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.engine;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.ImageCreate;
import mirrorcheck.engine.driver.Preallocation;
import mirrorcheck.engine.driver.RawNode;
import mirrorcheck.engine.driver.qcow2.CreateOptions;
import mirrorcheck.engine.driver.qcow2.Qcow2Create;
import mirrorcheck.engine.driver.qcow2.Qcow2Node;
import mirrorcheck.engine.driver.qcow2.Qcow2Preallocation;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.Jobs;
import mirrorcheck.engine.mirror.Mirror;
import mirrorcheck.engine.mirror.MirrorArguments;
import mirrorcheck.engine.mirror.MirrorJob;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.nbd.NbdNode;
import mirrorcheck.iotests.adapter.BlockGuest;
import mirrorcheck.iotests.adapter.GuestDoor;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.ends.End;
import mirrorcheck.iotests.ends.EndServer;
import mirrorcheck.iotests.ends.Gate;
import mirrorcheck.iotests.ends.RequestLog;

/** The engine's graph and jobs for one script. Each node is a raw node over an {@link End}. */
final class EngineSession implements Session {
    private static final NodeOptions FILE =
            NodeOptions.named("file").withDiscard(Discard.UNMAP);

    private final MirrorParts parts;
    private final EngineAdapter.Above above;
    private final Runnable progress;
    private final Graph graph = new Graph();
    private final Jobs jobs = new Jobs();
    private final Map<String, End> ends = new HashMap<>();
    private final Map<String, EndServer> servers = new HashMap<>();
    private final List<GuestDoor> doors = new ArrayList<>();

    EngineSession(MirrorParts parts, EngineAdapter.Above above, Runnable progress) {
        this.parts = parts;
        this.above = above;
        this.progress = progress;
    }

    @Override
    public void createImage(Map<String, Object> options) throws IOException {
        Path file = Path.of((String) options.get("filename"));
        long size = ((Number) options.get("size")).longValue();
        String preallocation = (String) options.getOrDefault("preallocation", "off");
        if (!options.get("format").equals("qcow2")) {
            ImageCreate.raw(file, size, MirrorArguments.choice("preallocation",
                    Preallocation.class, preallocation));
            return;
        }
        ImageCreate.raw(file, 0, Preallocation.OFF);
        try (FileNode protocol = FileNode.open(file, FILE, false)) {
            Qcow2Create.create(protocol, null, CreateOptions.ofSize(size)
                    .withClusterSize(((Number) options.get("cluster-size")).intValue())
                    .withPreallocation(MirrorArguments.choice("preallocation",
                            Qcow2Preallocation.class, preallocation)));
        }
    }

    @Override
    public synchronized void openNode(Map<String, Object> options) throws IOException {
        String name = (String) options.get("node-name");
        boolean readOnly = (boolean) options.getOrDefault("read-only", false);
        NodeOptions node = NodeOptions.named(name)
                .withDiscard(MirrorArguments.choice("discard", Discard.class,
                        (String) options.getOrDefault("discard", "ignore")))
                .withDetectZeroes(MirrorArguments.choice("detect-zeroes", DetectZeroes.class,
                        (String) options.getOrDefault("detect-zeroes", "off")))
                .withReadOnly(readOnly).checked();
        graph.checkFree(name);
        if ((boolean) options.getOrDefault("own-file", false)) {
            FileNode file = FileNode.open(Path.of((String) options.get("filename")),
                    FILE.withReadOnly(readOnly), false);
            graph.add(above.put(format(options, node, file)));
            return;
        }
        End end = End.open(options, progress);
        BlockNode file = end.node();
        if ((boolean) options.getOrDefault("own-server", false)) {
            EndServer server = EndServer.start(end, name, !readOnly);
            servers.put(name, server);
            file = NbdNode.connect(FILE, UnixDomainSocketAddress.of(server.socket()), name);
        }
        graph.add(above.put(format(options, node, file)));
        ends.put(name, end);
    }

    @Override
    public synchronized void killServer(String nodeName) throws IOException {
        EndServer.of(servers, nodeName).die();
    }

    /** The format node over a file that it owns; it leaves its backing node to the graph. */
    private BlockNode format(Map<String, Object> options, NodeOptions node, BlockNode file)
            throws BlockException {
        try {
            if (!options.get("format").equals("qcow2")) {
                return new RawNode(node, file, true);
            }
            String backing = (String) options.get("backing");
            return Qcow2Node.open(node, new Qcow2Node.Children(file, null,
                    backing == null ? null : graph.node(backing), List.of(file)));
        } catch (BlockException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public synchronized void closeNode(String nodeName) throws IOException {
        graph.remove(nodeName);
        ends.remove(nodeName);
        EndServer server = servers.remove(nodeName);
        if (server != null) {
            server.close();
        }
    }

    @Override
    public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
        EngineMirror handle = new EngineMirror(progress);
        MirrorJob job = Mirror.start(MirrorArguments.parse(options), graph, jobs, handle, parts);
        handle.follow(job);
        return handle;
    }

    @Override
    public synchronized GuestDoor guest(String nodeName) throws IOException {
        Attachment disk = graph.attach(nodeName, "guest of " + nodeName);
        GuestDoor door = new BlockGuest(disk, disk::close);
        doors.add(door);
        return door;
    }

    @Override
    public synchronized RequestLog requests(String nodeName) {
        return End.of(ends, nodeName).log();
    }

    @Override
    public synchronized Gate gate(String nodeName) {
        return End.of(ends, nodeName).gate();
    }

    @Override
    public void close() {
        synchronized (this) {
            ends.values().forEach(end -> end.gate().open());
        }
        for (Job job : jobs.all()) {
            end(job);
        }
        synchronized (this) {
            doors.forEach(EngineSession::closeQuietly);
        }
        for (BlockNode node : graph.nodes()) {
            closeQuietly(node);
        }
        synchronized (this) {
            servers.values().forEach(EngineSession::closeQuietly);
        }
    }

    /** Cancels a job and waits for its end; one that is over already is fine. */
    private static void end(Job job) {
        try {
            job.cancel(true);
        } catch (BlockException e) {
            assert job.info().status().isOver() : e;
        }
        boolean interrupted = Thread.interrupted();
        try {
            job.await(Job.over());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // The script is over and its images are thrown away: nobody is left who could lose
            // anything.
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.nbd.ExportOptions;
import mirrorcheck.engine.nbd.NbdExport;
import mirrorcheck.engine.nbd.NbdNode;
import mirrorcheck.engine.nbd.NbdServer;
import mirrorcheck.engine.nbd.ServerOptions;
import mirrorcheck.iotests.adapter.BlockGuest;
import mirrorcheck.iotests.adapter.GuestDoor;
import mirrorcheck.iotests.adapter.ImplementationEnded;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.ends.End;
import mirrorcheck.iotests.ends.EndServer;
import mirrorcheck.iotests.ends.Gate;
import mirrorcheck.iotests.ends.RequestLog;
import mirrorcheck.iotests.host.AtomicWrite;
import org.apache.commons.io.file.PathUtils;
import tools.jackson.databind.JsonNode;

/**
 * A daemon that speaks QMP and serves NBD, for one script.
 *
 * <p>The suite owns both ends of the copy: every image is an {@link End}, served as an NBD export of
 * the suite, and the daemon opens a raw node over its NBD client. The guest comes in by an NBD
 * export of the daemon.
 */
final class QmpSession implements Session {
    /** What was said on the monitor, in a session's scratch directory. */
    static final String MONITOR = "monitor.txt";

    private static final Set<String> PASSED_ON = Set.of("read-only", "discard", "detect-zeroes");

    private final Path directory;
    private final Path scratch;
    private final Runnable progress;
    private final Daemon daemon;
    private final QmpClient monitor;
    private final NbdServer suiteServer;
    private final Map<String, End> ends = new HashMap<>();
    private final Map<String, EndServer> servers = new HashMap<>();
    private final Map<String, QmpMirror> jobs = new ConcurrentHashMap<>();
    private final Map<String, String> filters = new ConcurrentHashMap<>();
    private final Map<String, String> exports = new LinkedHashMap<>();
    private final List<GuestDoor> doors = new ArrayList<>();
    private boolean serving;
    private int names;
    private volatile boolean gone;

    /**
     * Starts the daemon.
     *
     * @param directory private and empty, with a short path: sockets go there; removed on close
     * @param scratch   where the session leaves what was said on the monitor, or null
     */
    QmpSession(DaemonSettings settings, Path directory, Path scratch, Runnable progress)
            throws IOException {
        this.directory = directory;
        this.scratch = scratch;
        this.progress = progress;
        this.suiteServer = NbdServer.listen(
                UnixDomainSocketAddress.of(directory.resolve("ends.sock")), ServerOptions.DEFAULT);
        Daemon started = null;
        try {
            started = new Daemon(settings, directory);
            this.daemon = started;
            this.monitor = connect();
        } catch (IOException e) {
            if (started != null) {
                started.close();
            }
            suiteServer.close();
            throw e;
        }
    }

    private QmpClient connect() throws IOException {
        return new QmpClient(daemon.connect(), this::happened, this::ended);
    }

    private void happened(JsonNode event) {
        // A job that ignores one error after another gets nowhere.
        if (!event.path("event").asString("").equals("BLOCK_JOB_ERROR")) {
            progress.run();
        }
        JsonNode data = event.path("data");
        String id = data.path("device").asString(data.path("id").asString(""));
        QmpMirror job = jobs.get(id);
        if (job != null) {
            job.happened(event.path("event").asString(""), data);
        }
    }

    private void ended() {
        gone = true;
        jobs.values().forEach(QmpMirror::daemonGone);
    }

    /** Refuses to go on with a daemon that is gone. */
    void checkAlive() throws IOException {
        if (gone) {
            throw new ImplementationEnded("daemon: gone, " + daemon.endAndLastWords(), null);
        }
    }

    /** Sends a command; see {@link QmpClient#command}. */
    JsonNode command(String name, Map<String, ?> arguments) throws IOException {
        try {
            return monitor.command(name, arguments);
        } catch (QmpError | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new ImplementationEnded(e.getMessage() + "; " + daemon.endAndLastWords(), e);
        }
    }

    @Override
    public void mustLive() throws IOException {
        command("query-jobs", Map.of());
    }

    @Override
    public void createImage(Map<String, Object> options) throws IOException {
        Object preallocation = options.getOrDefault("preallocation", "off");
        Map<String, Object> file = Map.of("driver", "file", "filename", options.get("filename"));
        if (!options.get("format").equals("qcow2")) {
            create(with(file, "size", options.get("size"), "preallocation", preallocation));
            return;
        }
        create(with(file, "size", 0));
        String name = nextName("file");
        command("blockdev-add", with(file, "node-name", name, "discard", "unmap"));
        create(Map.of("driver", "qcow2", "file", name, "size", options.get("size"),
                "cluster-size", options.get("cluster-size"), "preallocation", preallocation));
        command("blockdev-del", Map.of("node-name", name));
    }

    private static Map<String, Object> with(Map<String, ?> some, Object... more) {
        Map<String, Object> all = new HashMap<>(some);
        for (int i = 0; i < more.length; i += 2) {
            all.put((String) more[i], more[i + 1]);
        }
        return all;
    }

    private void create(Map<String, ?> options) throws IOException {
        String id = nextName("create");
        QmpMirror job = new QmpMirror(this, id, Set.of());
        jobs.put(id, job);
        command("blockdev-create", Map.of("job-id", id, "options", options));
        job.awaitStatus(Set.of("concluded"));
        String error = null;
        for (JsonNode found : command("query-jobs", Map.of())) {
            if (found.path("id").asString("").equals(id) && found.has("error")) {
                error = found.get("error").asString("");
            }
        }
        command("job-dismiss", Map.of("id", id));
        jobs.remove(id);
        if (error != null) {
            throw new IOException(error);
        }
    }

    @Override
    public synchronized void openNode(Map<String, Object> options) throws IOException {
        String name = (String) options.get("node-name");
        boolean readOnly = (boolean) options.getOrDefault("read-only", false);
        Map<String, Object> node = new HashMap<>(Map.of("driver", options.get("format"),
                "node-name", name));
        options.forEach((key, value) -> {
            if (PASSED_ON.contains(key)) {
                node.put(key, value);
            }
        });
        if (options.get("format").equals("qcow2")) {
            node.put("backing", options.get("backing"));
        }
        if ((boolean) options.getOrDefault("own-file", false)) {
            node.put("file", Map.of("driver", "file", "filename", options.get("filename"),
                    "discard", "unmap"));
            command("blockdev-add", node);
            return;
        }
        End end = serve(name, options, readOnly);
        try {
            Path socket = servers.containsKey(name) ? servers.get(name).socket()
                    : directory.resolve("ends.sock");
            node.put("file", Map.of("driver", "nbd", "export", name, "server",
                    Map.of("type", "unix", "path", socket.toString())));
            command("blockdev-add", node);
            ends.put(name, end);
        } catch (IOException e) {
            unserve(name, end);
            throw e;
        }
    }

    private End serve(String name, Map<String, Object> options, boolean readOnly)
            throws IOException {
        End end = End.open(options, progress);
        if ((boolean) options.getOrDefault("own-server", false)) {
            servers.put(name, EndServer.start(end, name, !readOnly));
            return end;
        }
        suiteServer.add(name, NbdExport.of(end.node(), !readOnly), ExportOptions.ALL);
        return end;
    }

    private void unserve(String name, End end) throws IOException {
        EndServer own = servers.remove(name);
        if (own != null) {
            own.close();
            return;
        }
        end.gate().open();
        suiteServer.remove(name, NbdServer.Removal.DISCONNECT);
        end.node().close();
    }

    @Override
    public synchronized void killServer(String nodeName) throws IOException {
        EndServer.of(servers, nodeName).die();
    }

    @Override
    public synchronized void closeNode(String nodeName) throws IOException {
        leave(nodeName);
        command("blockdev-del", Map.of("node-name", nodeName));
        End end = ends.remove(nodeName);
        if (end != null) {
            unserve(nodeName, end);
        }
    }

    /** Takes away the exports that use a node now: a pivot may have brought them there. */
    private void leave(String nodeName) throws IOException {
        if (exports.isEmpty()) {
            return;
        }
        for (JsonNode export : command("query-block-exports", Map.of())) {
            if (export.path("node-name").asString("").equals(nodeName)) {
                command("block-export-del", Map.of("id", export.get("id").asString(),
                        "mode", "hard"));
                exports.remove(export.get("id").asString());
            }
        }
    }

    @Override
    public MirrorHandle startMirror(Map<String, Object> options) throws IOException {
        Map<String, Object> arguments = new HashMap<>(options);
        String filter = (String) arguments.computeIfAbsent("filter-node-name",
                key -> nextName("filter"));
        String id = (String) options.get("job-id");
        QmpMirror job = new QmpMirror(this, id,
                Set.of(filter, (String) options.get("device")));
        jobs.put(id, job);
        try {
            command("blockdev-mirror", arguments);
        } catch (IOException e) {
            jobs.remove(id);
            throw e;
        }
        filters.put((String) options.get("device"), filter);
        return job;
    }

    @Override
    public synchronized GuestDoor guest(String nodeName) throws IOException {
        Path socket = directory.resolve("guest.sock");
        if (!serving) {
            command("nbd-server-start", Map.of("addr", Map.of("type", "unix", "data",
                    Map.of("path", socket.toString()))));
            serving = true;
        }
        String id = nextName("export");
        command("block-export-add", Map.of("type", "nbd", "id", id, "name", id,
                "node-name", doorNode(nodeName), "writable", true));
        exports.put(id, nodeName);
        NodeOptions disk = NodeOptions.named("guest").withDiscard(Discard.UNMAP);
        NbdNode client = NbdNode.connect(disk, UnixDomainSocketAddress.of(socket), id);
        GuestDoor door = new BlockGuest(client, () -> {
            client.close();
            removeExport(id);
        });
        doors.add(door);
        return door;
    }

    /**
     * The filter above a node that is being mirrored: an export below it would bypass the mirror.
     */
    private String doorNode(String nodeName) throws IOException {
        String filter = filters.get(nodeName);
        if (filter != null) {
            for (JsonNode node : command("query-named-block-nodes", Map.of("flat", true))) {
                if (node.path("node-name").asString("").equals(filter)) {
                    return filter;
                }
            }
        }
        return nodeName;
    }

    private synchronized void removeExport(String id) throws IOException {
        if (exports.remove(id) != null && !gone) {
            command("block-export-del", Map.of("id", id, "mode", "hard"));
        }
    }

    @Override
    public synchronized RequestLog requests(String nodeName) {
        return End.of(ends, nodeName).log();
    }

    @Override
    public synchronized Gate gate(String nodeName) {
        return End.of(ends, nodeName).gate();
    }

    private synchronized String nextName(String kind) {
        return kind + names++;
    }

    @Override
    public void close() {
        synchronized (this) {
            ends.values().forEach(end -> end.gate().open());
        }
        if (scratch != null) {
            quietly(() -> AtomicWrite.write(scratch.resolve(MONITOR), monitor.transcript()));
            synchronized (this) {
                for (Map.Entry<String, End> end : ends.entrySet()) {
                    quietly(() -> AtomicWrite.write(scratch.resolve(end.getKey() + ".requests.txt"),
                            end.getValue().log().toString()));
                }
            }
        }
        daemon.close();
        quietly(monitor);
        quietly(suiteServer);
        synchronized (this) {
            doors.forEach(QmpSession::quietly);
            servers.values().forEach(QmpSession::quietly);
            ends.values().forEach(end -> quietly(end.node()));
        }
        quietly(() -> PathUtils.deleteDirectory(directory));
    }

    private static void quietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // The daemon is gone and its images are thrown away: nobody is left to lose anything.
        }
    }
}

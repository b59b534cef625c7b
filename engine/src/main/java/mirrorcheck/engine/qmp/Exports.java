// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.nbd.ExportOptions;
import mirrorcheck.engine.nbd.NbdExport;
import mirrorcheck.engine.nbd.NbdServer;
import mirrorcheck.engine.nbd.NbdServer.Removal;
import mirrorcheck.engine.nbd.ServerOptions;
import mirrorcheck.engine.qmp.schema.Arguments;

/** The NBD server, if it runs, and what it exports. Safe for use from any thread. */
final class Exports {
    private static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");
    /** The longest name and description, in bytes (NBD protocol, string lengths). */
    private static final int MAX_STRING = 4096;
    /** Milliseconds a client may negotiate if nothing is said, as in QEMU. */
    private static final long HANDSHAKE_SECONDS = 10;
    private static final int MAX_CONNECTIONS = 100;
    /** How often a client sees a job's drain while an export goes, as measured with QEMU 11.1. */
    private static final int DELETION_STEPS = 3;

    private record Export(String id, String name, Attachment attachment, boolean writable) {
    }

    private final Graph graph;
    private final Drains drains;
    private final Consumer<String> onDeleted;
    private final Consumer<Path> onFile;
    private final Map<String, Export> exports = new LinkedHashMap<>();
    private NbdServer server;

    /**
     * No server yet.
     *
     * @param onDeleted told the id of each export that went
     * @param onFile    told of the socket file of each server
     */
    Exports(Graph graph, Drains drains, Consumer<String> onDeleted, Consumer<Path> onFile) {
        this.graph = graph;
        this.drains = drains;
        this.onDeleted = onDeleted;
        this.onFile = onFile;
    }

    /** {@code nbd-server-start}. */
    synchronized void startServer(SocketAddress address, Arguments options)
            throws BlockException {
        checkNotRunning();
        int most = (int) Math.min(Integer.MAX_VALUE,
                options.integer("max-connections", MAX_CONNECTIONS));
        long seconds = options.integer("handshake-max-seconds", HANDSHAKE_SECONDS);
        server = NbdServer.listen(address, ServerOptions.DEFAULT
                .withMaxConnections(most == 0 ? Integer.MAX_VALUE : most)
                .withHandshakeMillis(seconds * 1000));
        if (address instanceof UnixDomainSocketAddress unix) {
            onFile.accept(unix.getPath());
        }
    }

    synchronized void checkNotRunning() throws BlockException {
        if (server != null) {
            throw BlockException.refused("NBD server already running");
        }
    }

    /** {@code nbd-server-stop}: all exports go, clients are disconnected. */
    synchronized void stopServer() throws BlockException {
        checkRunning();
        close();
    }

    private void checkRunning() throws BlockException {
        if (server == null) {
            throw BlockException.refused("NBD server not running");
        }
    }

    /** {@code block-export-add}. */
    synchronized void add(Arguments options) throws BlockException {
        String id = options.string("id");
        if (!ID.matcher(id).matches()) {
            throw BlockException.refused("Invalid block export id");
        }
        if (exports.containsKey(id)) {
            throw BlockException.refused("Block export id '" + id + "' is already in use");
        }
        String nodeName = options.string("node-name");
        boolean writable = options.bool("writable", false);
        BlockNode node = graph.nodes().stream().filter(each -> each.nodeName().equals(nodeName))
                .findFirst().orElseThrow(() -> BlockException.refused(
                        "Cannot find device='' nor node-name='" + nodeName + "'"));
        if (writable && node.options().readOnly()) {
            throw BlockException.refused("Cannot export read-only node as writable");
        }
        String name = options.string("name", nodeName);
        String description = options.string("description");
        checkRunning();
        checkLength("export name", name);
        checkLength("description", description == null ? "" : description);
        Attachment attachment = drains.around(node,
                () -> graph.attach(nodeName, "export '" + id + "'", writable));
        try {
            server.add(name, NbdExport.of(attachment, writable), description == null
                    ? ExportOptions.ALL : ExportOptions.ALL.withDescription(description));
        } catch (BlockException | RuntimeException e) {
            attachment.close();
            throw e;
        }
        exports.put(id, new Export(id, name, attachment, writable));
    }

    private static void checkLength(String what, String text) throws BlockException {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_STRING) {
            throw BlockException.refused(what + " '" + text + "' too long");
        }
    }

    /** {@code block-export-del}; {@code hard} disconnects clients, else they keep it. */
    synchronized void delete(String id, boolean hard) throws BlockException {
        Export export = exports.get(id);
        if (export == null) {
            throw BlockException.refused("Export '" + id + "' is not found");
        }
        if (!hard && server.clients(export.name()) > 0) {
            throw BlockException.refused("export '" + id + "' still in use");
        }
        remove(export);
    }

    private void remove(Export export) throws BlockException {
        server.remove(export.name(), Removal.DISCONNECT);
        for (int i = 1; i < DELETION_STEPS; i++) {
            drains.around(export.attachment().node(), () -> null);
        }
        drains.around(export.attachment().node(), () -> {
            export.attachment().close();
            return null;
        });
        exports.remove(export.id());
        onDeleted.accept(export.id());
    }

    /** {@code query-block-exports}: id and node of each, the newest first. */
    synchronized Map<String, String> nodeNames() {
        Map<String, String> names = new LinkedHashMap<>();
        new ArrayList<>(exports.values()).reversed().forEach(export ->
                names.put(export.id(), export.attachment().node().nodeName()));
        return names;
    }

    /** Whether clients of an export may write to the node. */
    synchronized boolean isWritable(BlockNode node) {
        return exports.values().stream().anyMatch(export ->
                export.writable() && export.attachment().node() == node);
    }

    /** Ends the server, if it runs, and all exports. */
    synchronized void close() {
        if (server == null) {
            return;
        }
        for (Export export : List.copyOf(exports.values()).reversed()) {
            try {
                remove(export);
            } catch (BlockException e) {
                throw new IllegalStateException("an export that the server does not know", e);
            }
        }
        server.close();
        server = null;
    }
}

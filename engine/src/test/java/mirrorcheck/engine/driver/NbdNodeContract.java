// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.nbd.ExportOptions;
import mirrorcheck.engine.nbd.NbdExport;
import mirrorcheck.engine.nbd.NbdNode;
import mirrorcheck.engine.nbd.NbdServer;
import mirrorcheck.engine.nbd.ServerOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a block node, kept by client and server together over a node that keeps it. */
abstract class NbdNodeContract extends BlockNodeContract {
    @TempDir
    Path directory;

    private NbdServer server;
    private int exports;

    /** Makes the node that is served. */
    abstract BlockNode below(NodeOptions options, long bytes) throws Exception;

    /** What the export says it can do. */
    ExportOptions exportOptions() {
        return ExportOptions.ALL;
    }

    /** How the server treats its clients. */
    ServerOptions serverOptions() {
        return ServerOptions.DEFAULT;
    }

    /** Where the server listens. */
    SocketAddress listenAddress() {
        return UnixDomainSocketAddress.of(directory.resolve("nbd"));
    }

    static SocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @BeforeEach
    final void startServer() throws BlockException {
        server = NbdServer.listen(listenAddress(), serverOptions());
    }

    // Runs before the nodes are closed by the contract's own, which then finds the server gone.
    @AfterEach
    final void stopServer() {
        server.close();
    }

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws Exception {
        BlockNode below = below(NodeOptions.named("below").withDiscard(Discard.UNMAP), bytes);
        String name = "export-" + exports++;
        server.add(name, NbdExport.of(below, true), exportOptions());
        return NbdNode.connect(options, server.address(), name);
    }
}

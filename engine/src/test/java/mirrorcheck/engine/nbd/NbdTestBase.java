// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server and what tests need around it. The timeout is for what should never happen: a hang. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class NbdTestBase {
    static final NodeOptions UNMAP = NodeOptions.named("node").withDiscard(Discard.UNMAP);
    static final int LENGTH = 1 << 20;

    @TempDir
    Path directory;

    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();
    NbdServer server;

    /** Listens on a unix socket. */
    final NbdServer serve(ServerOptions options) throws BlockException {
        return serve(UnixDomainSocketAddress.of(directory.resolve("nbd")), options);
    }

    final NbdServer serve(SocketAddress address, ServerOptions options) throws BlockException {
        server = NbdServer.listen(address, options.withLog(log::add));
        return server;
    }

    static SocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Serves a new node in memory under this name. */
    final MemoryNode export(String name, ExportOptions options) throws BlockException {
        MemoryNode node = new MemoryNode(UNMAP, LENGTH);
        server.add(name, NbdExport.of(node, true), options);
        return node;
    }

    final NbdNode connect(String name) throws BlockException {
        return connect(UNMAP, name);
    }

    final NbdNode connect(NodeOptions options, String name) throws BlockException {
        return closing(NbdNode.connect(options, server.address(), name));
    }

    final RawClient raw() throws Exception {
        return closing(new RawClient(server.address()));
    }

    /** Closes it after the test. */
    final <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    @AfterEach
    final void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        if (server != null) {
            server.close();
        }
    }

    static byte[] pattern(int bytes, int seed) {
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) (1 + Math.floorMod(i * 7 + seed * 31 + i / 251, 255));
        }
        return data;
    }

    static byte[] read(BlockNode node, long offset, int bytes) throws BlockException {
        byte[] data = new byte[bytes];
        node.read(offset, MemorySegment.ofArray(data));
        return data;
    }

    static void write(BlockNode node, long offset, byte[] data) throws BlockException {
        node.write(offset, MemorySegment.ofArray(data), WriteFlag.NONE);
    }

    /** Proves that a client that behaves is served. */
    final void assertServes(String name) throws BlockException {
        try (NbdNode node = NbdNode.connect(UNMAP, server.address(), name)) {
            byte[] data = pattern(5000, 42);
            write(node, 777, data);
            assertArrayEquals(data, read(node, 777, 5000));
        }
    }
}

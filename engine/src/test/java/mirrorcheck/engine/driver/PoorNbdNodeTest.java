// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.net.SocketAddress;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.nbd.ExportOptions;
import mirrorcheck.engine.nbd.ExportOptions.Feature;
import mirrorcheck.engine.nbd.ServerOptions;

/** A server that can do nothing but read, write and flush, with simple replies. */
class PoorNbdNodeTest extends NbdNodeContract {
    private MemoryNode node;

    @Override
    SocketAddress listenAddress() {
        return loopback();
    }

    @Override
    ServerOptions serverOptions() {
        return ServerOptions.DEFAULT.withStructuredReplies(false);
    }

    @Override
    ExportOptions exportOptions() {
        return ExportOptions.ALL.without(Feature.values());
    }

    @Override
    BlockNode below(NodeOptions options, long bytes) throws BlockException {
        node = new MemoryNode(options, bytes);
        return node;
    }

    @Override
    protected long allocatedBytes() {
        return node.allocatedBytes();
    }

    @Override
    protected boolean knowsStatus() {
        return false;
    }
}

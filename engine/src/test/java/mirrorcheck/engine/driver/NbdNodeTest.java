// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;

/** Everything on offer, over a unix socket. */
class NbdNodeTest extends NbdNodeContract {
    private MemoryNode node;

    @Override
    BlockNode below(NodeOptions options, long bytes) throws BlockException {
        node = new MemoryNode(options, bytes);
        return node;
    }

    @Override
    protected long allocatedBytes() {
        return node.allocatedBytes();
    }
}

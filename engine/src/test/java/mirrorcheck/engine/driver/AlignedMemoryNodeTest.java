// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;

/** A driver that takes whole blocks of 4096 bytes, and few of them at a time. */
class AlignedMemoryNodeTest extends BlockNodeContract {
    private MemoryNode node;

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws BlockException {
        Limits limits = new Limits(4096, 0, 20_000, 100_000, true);
        node = new MemoryNode(options, bytes, MemoryNode.Abilities.ALL, limits);
        return node;
    }

    @Override
    protected long allocatedBytes() {
        return node.allocatedBytes();
    }
}

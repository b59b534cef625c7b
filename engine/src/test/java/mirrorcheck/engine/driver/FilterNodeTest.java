// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;

class FilterNodeTest extends BlockNodeContract {
    private MemoryNode child;

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws BlockException {
        child = new MemoryNode(FilterNode.transparent("child"), bytes);
        return new FilterNode(options, child, true);
    }

    @Override
    protected long allocatedBytes() {
        return child.allocatedBytes();
    }

    @Test
    void showsItsChildAndTheChildsLimits() throws Exception {
        BlockNode filter = open(PLAIN, LENGTH);
        assertEquals(List.of(child), filter.children());
        assertSame(child.limits(), filter.limits());
    }

    @Test
    void closesOnlyAChildItOwns() throws Exception {
        BlockNode owner = open(PLAIN, LENGTH);
        owner.close();
        assertErrno(Errno.EBADF, child::flush);
        try (MemoryNode other = new MemoryNode(PLAIN, LENGTH)) {
            new FilterNode(NodeOptions.named("f"), other, false).close();
            other.flush();
        }
    }
}

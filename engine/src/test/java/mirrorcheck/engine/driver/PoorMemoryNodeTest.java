// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;

/** A driver that can do nothing but read and write. */
class PoorMemoryNodeTest extends BlockNodeContract {
    private MemoryNode node;

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws BlockException {
        MemoryNode.Abilities none = new MemoryNode.Abilities(false, false, false);
        node = new MemoryNode(options, bytes, none, Limits.NONE);
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

    @Test
    void fastZeroIsRefusedAndChangesNothing() throws Exception {
        BlockNode poor = open(UNMAP, LENGTH);
        poor.write(0, MemorySegment.ofArray(pattern(LENGTH, 1)), WriteFlag.NONE);
        assertErrno(Errno.EOPNOTSUPP,
                () -> poor.writeZeroes(0, LENGTH, Set.of(WriteFlag.FAST_ZERO)));
        assertArrayEquals(pattern(LENGTH, 1), readAll(poor));
    }

    @Test
    void discardSucceedsWithoutEffect() throws Exception {
        BlockNode poor = open(UNMAP, LENGTH);
        poor.write(0, MemorySegment.ofArray(pattern(LENGTH, 2)), WriteFlag.NONE);
        poor.discard(0, LENGTH);
        assertArrayEquals(pattern(LENGTH, 2), readAll(poor));
    }
}

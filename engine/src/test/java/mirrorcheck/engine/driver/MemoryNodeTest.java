// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;

class MemoryNodeTest extends BlockNodeContract {
    private static final long LONGEST = Long.MAX_VALUE - 511;

    private MemoryNode node;

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws BlockException {
        node = new MemoryNode(options, bytes);
        return node;
    }

    @Override
    protected long allocatedBytes() {
        return node.allocatedBytes();
    }

    @Test
    void longestDeviceWorksUpToItsLastByte() throws Exception {
        BlockNode longest = open(UNMAP, LONGEST);
        assertEquals(LONGEST, longest.length());
        byte[] data = pattern(1000, 1);
        longest.write(LONGEST - 1000, MemorySegment.ofArray(data), WriteFlag.NONE);
        byte[] back = new byte[1000];
        longest.read(LONGEST - 1000, MemorySegment.ofArray(back));
        assertEquals(-1, MemorySegment.ofArray(back).mismatch(MemorySegment.ofArray(data)));
        long page = LONGEST / MemoryNode.PAGE * MemoryNode.PAGE;
        assertEquals(page, longest.blockStatus(0, Long.MAX_VALUE).bytes());
        assertEquals(LONGEST - page, longest.blockStatus(page, Long.MAX_VALUE).bytes());
        assertErrno(Errno.EINVAL, () -> longest.writeZeroes(LONGEST - 512, 513, MAY_UNMAP));
        assertErrno(Errno.EINVAL, () -> longest.writeZeroes(512, LONGEST, MAY_UNMAP));
        longest.writeZeroes(0, LONGEST, MAY_UNMAP);
        assertEquals(0, node.allocatedBytes());
    }

    @Test
    void lengthIsRoundedUpToASectorAndMustFit() throws Exception {
        assertEquals(1024, open(PLAIN, 513).length());
        BlockException e = assertThrows(BlockException.class,
                () -> new MemoryNode(PLAIN, Long.MAX_VALUE));
        assertEquals("memory: size 9223372036854775807: must be 0 to 9223372036854775296",
                e.getMessage());
        assertThrows(BlockException.class, () -> new MemoryNode(PLAIN, -1));
    }

    @Test
    void allocatesPagesAndTellsZeroFromData() throws Exception {
        BlockNode memory = open(UNMAP, LENGTH);
        memory.write(4096, MemorySegment.ofArray(new byte[1]), WriteFlag.NONE);
        assertEquals(MemoryNode.PAGE, node.allocatedBytes());
        assertEquals(BlockStatus.DATA, memory.blockStatus(4096, 4096).status());
        memory.writeZeroes(4096, 4096, WriteFlag.NONE);
        assertEquals(MemoryNode.PAGE, node.allocatedBytes());
        assertEquals(LENGTH, memory.blockStatus(0, LENGTH).bytes());
        assertEquals(BlockStatus.ZERO, memory.blockStatus(0, LENGTH).status());
        memory.discard(4097, 4095);
        assertEquals(MemoryNode.PAGE, node.allocatedBytes());
        memory.discard(4096, 4096);
        assertEquals(0, node.allocatedBytes());
    }
}

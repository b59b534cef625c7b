// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import org.junit.jupiter.api.Test;

/** A raw node that shows a part of its child keeps the contract, and keeps to its part. */
class RawPartTest extends BlockNodeContract {
    private static final long AROUND = 8192;

    private MemoryNode child;

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws BlockException {
        child = new MemoryNode(FilterNode.transparent("child"), bytes + 2 * AROUND);
        return new RawNode(options, child, true, AROUND, bytes);
    }

    @Override
    protected long allocatedBytes() {
        return child.allocatedBytes();
    }

    @Test
    void theRestOfTheChildIsOutOfReach() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        node.write(0, MemorySegment.ofArray(pattern(LENGTH, 7)), WriteFlag.NONE);
        byte[] around = new byte[(int) AROUND];
        child.read(0, MemorySegment.ofArray(around));
        assertArrayEquals(new byte[(int) AROUND], around);
        child.read(AROUND + LENGTH, MemorySegment.ofArray(around));
        assertArrayEquals(new byte[(int) AROUND], around);
    }

    @Test
    void withoutASizeItIsTheRest() throws Exception {
        try (MemoryNode whole = new MemoryNode(PLAIN, 20 << 20);
                RawNode rest = new RawNode(NodeOptions.named("r"), whole, false, 1 << 20, -1)) {
            assertEquals(19 << 20, rest.length());
        }
    }

    @Test
    void refusesWhatTheChildDoesNotHave() throws Exception {
        try (MemoryNode whole = new MemoryNode(PLAIN, 20971520)) {
            assertRefused(whole, 0, 22020096, "The sum of offset (0) and size (22020096) has to be "
                    + "smaller or equal to the  actual size of the containing file (20971520)");
            assertRefused(whole, 31457280, -1, "Offset (31457280) cannot be greater than size of "
                    + "the containing file (20971520)");
        }
    }

    private static void assertRefused(BlockNode whole, long start, long size, String message) {
        assertEquals(message, assertThrows(BlockException.class, () ->
                new RawNode(NodeOptions.named("r"), whole, false, start, size)).getMessage());
    }
}

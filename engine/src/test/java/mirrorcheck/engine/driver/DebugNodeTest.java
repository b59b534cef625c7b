// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.DebugRule.Event;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DebugNodeTest extends BlockNodeContract {
    private static final MemorySegment SECTOR = MemorySegment.ofArray(new byte[512]);
    private static final Set<Request.Kind> ALL = EnumSet.allOf(Request.Kind.class);

    private MemoryNode child;

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws BlockException {
        return node(options, bytes);
    }

    @Override
    protected long allocatedBytes() {
        return child.allocatedBytes();
    }

    private DebugNode node(NodeOptions options, long bytes, DebugRule... rules)
            throws BlockException {
        child = new MemoryNode(FilterNode.transparent("child"), bytes);
        return new DebugNode(options, child, true, List.of(rules));
    }

    @Test
    void aRuleFailsItsOperationsForEver() throws Exception {
        try (BlockNode node = node(UNMAP, LENGTH, new DebugRule(Event.NONE,
                Set.of(Request.Kind.WRITE), -1, Errno.ENOSPC, false))) {
            assertFails(Errno.ENOSPC, () -> node.write(0, SECTOR, WriteFlag.NONE));
            assertFails(Errno.ENOSPC, () -> node.write(512, SECTOR, WriteFlag.NONE));
            node.read(0, SECTOR);
            node.flush();
        }
    }

    @Test
    void aRuleMayFailOnce() throws Exception {
        try (BlockNode node = node(UNMAP, LENGTH, new DebugRule(Event.NONE, ALL, -1, Errno.EIO,
                true))) {
            assertFails(Errno.EIO, node::flush);
            node.flush();
        }
    }

    @Test
    void aRuleMayWaitForAnEvent() throws Exception {
        try (BlockNode node = node(UNMAP, LENGTH, new DebugRule(Event.WRITE_AIO,
                Set.of(Request.Kind.READ), -1, Errno.EIO, false))) {
            node.read(0, SECTOR);
            node.write(0, SECTOR, WriteFlag.NONE);
            assertFails(Errno.EIO, () -> node.read(0, SECTOR));
        }
    }

    @Test
    void aRuleMayConcernASector() throws Exception {
        try (BlockNode node = node(UNMAP, LENGTH, new DebugRule(Event.NONE, ALL, 1024, Errno.EIO,
                false))) {
            node.write(512, SECTOR, WriteFlag.NONE);
            assertFails(Errno.EIO, () -> node.write(1024, SECTOR, WriteFlag.NONE));
            node.write(1536, SECTOR, WriteFlag.NONE);
        }
    }

    private static void assertFails(Errno errno, Executable request) {
        assertEquals(errno, assertThrows(BlockException.class, request).errno());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import org.junit.jupiter.api.Test;

/** What a guest sees of its disk while a mirror stands above it: the source, as if it were alone. */
class MirrorFilterTest {
    private static final int K = 1024;
    private static final Limits LIMITS = new Limits(512, 4096, 1 << 20, 1 << 20, true);

    private final List<String> requests = new ArrayList<>();
    private final MirrorFilter filter;

    MirrorFilterTest() throws BlockException {
        BlockNode source = end("source", LIMITS);
        BlockNode target = end("target", Limits.NONE);
        filter = new MirrorFilter("filter", source, target, null);
    }

    private BlockNode end(String name, Limits limits) throws BlockException {
        BlockNode memory = new MemoryNode(NodeOptions.named("memory"), 64 * K,
                MemoryNode.Abilities.ALL, limits);
        return new RequestFilter(NodeOptions.named(name), new Layer(memory), true) {
            @Override
            protected void before(Request request) {
                requests.add(name + " " + request.kind());
            }
        };
    }

    /** Only its first 4 KiB are its own. */
    private static final class Layer extends FilterNode {
        Layer(BlockNode child) throws BlockException {
            super(NodeOptions.named("layer"), child, true);
        }

        @Override
        public Extent allocatedInTop(long offset, long bytes) {
            return new Extent(offset, Math.min(bytes, 4 * K),
                    offset < 4 * K ? BlockStatus.DATA : BlockStatus.UNALLOCATED);
        }
    }

    @Test
    void sizesAreThoseOfTheSource() {
        assertEquals(64 * K, filter.length());
        assertEquals(LIMITS, filter.limits());
        assertEquals("filter", filter.nodeName());
        assertTrue(filter.interposes());
        assertEquals(List.of("source", "target"),
                filter.children().stream().map(BlockNode::nodeName).toList());
    }

    @Test
    void readsStatusAndFlushesGoToTheSource() throws BlockException {
        filter.source().write(0, MemorySegment.ofArray("disk".getBytes()), WriteFlag.NONE);
        requests.clear();
        byte[] read = new byte[4];

        filter.read(0, MemorySegment.ofArray(read));
        filter.flush();
        Extent status = filter.blockStatus(8 * K, 4 * K);

        assertEquals("disk", new String(read));
        assertEquals(new Extent(8 * K, 4 * K, BlockStatus.ZERO), status);
        assertEquals(List.of("source READ", "source FLUSH", "source BLOCK_STATUS"), requests);
        assertEquals(new Extent(8 * K, 4 * K, BlockStatus.UNALLOCATED),
                filter.allocatedInTop(8 * K, 64 * K - 8 * K));
    }

    @Test
    void discardsAreDropped() throws BlockException {
        filter.discard(0, 64 * K);

        assertEquals(List.of(), requests);
    }
}

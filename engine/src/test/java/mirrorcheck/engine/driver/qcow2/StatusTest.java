// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.block.WriteFlag;
import org.junit.jupiter.api.Test;

/** What block status asks of the file, and that it sees what is written in between. */
class StatusTest {
    private static final int CLUSTER = 64 << 10;
    private static final int COUNT = 16;

    /** The file, counting the questions that it is asked. */
    private static final class Asked extends RequestFilter {
        private int times;

        Asked(BlockNode file) throws BlockException {
            super(FilterNode.transparent("asked"), file, true);
        }

        @Override
        public void resize(long length) throws BlockException {
            child().resize(length);
        }

        @Override
        protected void before(Request request) {
            if (request.kind() == Request.Kind.BLOCK_STATUS) {
                times++;
            }
        }
    }

    private static Qcow2Node open(Asked file, Qcow2Preallocation preallocation) throws Exception {
        Qcow2Create.create(file, null, CreateOptions.ofSize((long) COUNT * CLUSTER)
                .withPreallocation(preallocation));
        return Qcow2Node.open(NodeOptions.named("image"),
                new Qcow2Node.Children(file, null, null, List.of(file)));
    }

    private static void write(Qcow2Node node, long offset) throws BlockException {
        byte[] data = new byte[CLUSTER];
        data[0] = 1;
        node.write(offset, MemorySegment.ofArray(data), WriteFlag.NONE);
    }

    private static List<Extent> extents(Qcow2Node node) throws BlockException {
        List<Extent> extents = new ArrayList<>();
        for (long at = 0; at < node.length(); at = extents.getLast().end()) {
            extents.add(node.blockStatus(at, node.length() - at));
        }
        return extents;
    }

    @Test
    void clustersThatLieTogetherInTheFileAreAskedForOnce() throws Exception {
        Asked file = new Asked(GrowingNode.empty());
        try (Qcow2Node node = open(file, Qcow2Preallocation.OFF)) {
            List<Extent> expected = new ArrayList<>();
            for (long at = 0; at < node.length(); at += 2 * CLUSTER) {
                write(node, at);
                expected.add(new Extent(at, CLUSTER, BlockStatus.DATA));
                expected.add(new Extent(at + CLUSTER, CLUSTER, BlockStatus.UNALLOCATED));
            }

            assertEquals(expected, extents(node));
            assertEquals(1, file.times);
        }
    }

    @Test
    void aPreallocatedClusterIsSeenOnceItIsWritten() throws Exception {
        Asked file = new Asked(GrowingNode.empty());
        try (Qcow2Node node = open(file, Qcow2Preallocation.METADATA)) {
            long written = 3 * CLUSTER;
            write(node, written);
            List<Extent> expected = List.of(new Extent(0, written, BlockStatus.ZERO),
                    new Extent(written, CLUSTER, BlockStatus.DATA),
                    new Extent(written + CLUSTER, node.length() - written - CLUSTER,
                            BlockStatus.ZERO));
            assertEquals(expected, extents(node));

            write(node, written + CLUSTER);
            assertEquals(new Extent(written, 2 * CLUSTER, BlockStatus.DATA),
                    node.blockStatus(written, node.length() - written));
            assertEquals(new Extent(0, written, BlockStatus.ZERO),
                    node.blockStatus(0, node.length()));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;

class LogNodeTest extends BlockNodeContract {
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private MemoryNode child;

    private final class Teller implements LogNode.Listener {
        @Override
        public void arrived(Request request) throws BlockException {
            told.add("> " + describe(request));
            if (request.bytes() == 13) {
                throw new BlockException(Errno.EIO, "unlucky");
            }
        }

        @Override
        public void ended(Request request, BlockException failure) {
            told.add("< " + describe(request) + (failure == null ? "" : " " + failure.errno()));
        }

        private static String describe(Request request) {
            return request.kind() + " " + request.offset() + " " + request.bytes() + " "
                    + request.flags();
        }
    }

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws BlockException {
        child = new MemoryNode(FilterNode.transparent("child"), bytes);
        return new LogNode(options, child, true, new Teller());
    }

    @Override
    protected long allocatedBytes() {
        return child.allocatedBytes();
    }

    @Test
    void tellsEachRequestBeforeAndAfter() throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        MemorySegment data = MemorySegment.ofArray(pattern(512, 1));
        node.write(512, data, Set.of(WriteFlag.FUA));
        node.read(1, data);
        node.writeZeroes(0, 1024, MAY_UNMAP);
        node.discard(0, 512);
        node.flush();
        node.blockStatus(0, 512);
        node.allocatedInTop(0, 512);
        assertEquals(List.of(
                "> WRITE 512 512 [FUA]", "< WRITE 512 512 [FUA]",
                "> READ 1 512 []", "< READ 1 512 []",
                "> WRITE_ZEROES 0 1024 [MAY_UNMAP]", "< WRITE_ZEROES 0 1024 [MAY_UNMAP]",
                "> DISCARD 0 512 []", "< DISCARD 0 512 []",
                "> FLUSH 0 0 []", "< FLUSH 0 0 []",
                "> BLOCK_STATUS 0 512 []", "< BLOCK_STATUS 0 512 []",
                "> BLOCK_STATUS 0 512 []", "< BLOCK_STATUS 0 512 []"), told);
    }

    @Test
    void tellsFailuresOfTheChildAndOfTheListener() throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        child.close();
        assertErrno(Errno.EBADF, node::flush);
        assertErrno(Errno.EIO, () -> node.writeZeroes(0, 13, WriteFlag.NONE));
        assertEquals(List.of("> FLUSH 0 0 []", "< FLUSH 0 0 [] EBADF", "> WRITE_ZEROES 0 13 []"),
                told);
    }

    @Test
    void isNotToldWhatThePolicyDrops() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        node.discard(0, 512);
        node.writeZeroes(0, 512, MAY_UNMAP);
        assertEquals(List.of("> WRITE_ZEROES 0 512 []", "< WRITE_ZEROES 0 512 []"), told);
    }
}

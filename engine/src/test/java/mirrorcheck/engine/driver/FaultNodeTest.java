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
import mirrorcheck.engine.block.Request.Kind;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.FaultNode.Fault;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultNodeTest extends BlockNodeContract {
    private MemoryNode child;
    private FaultNode fault;

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws BlockException {
        child = new MemoryNode(FilterNode.transparent("child"), bytes);
        fault = new FaultNode(options, child, true);
        return fault;
    }

    @Override
    protected long allocatedBytes() {
        return child.allocatedBytes();
    }

    private void run(Kind kind, long offset) throws BlockException {
        MemorySegment data = MemorySegment.ofArray(new byte[512]).fill((byte) 1);
        switch (kind) {
            case READ -> fault.read(offset, data);
            case WRITE -> fault.write(offset, data, WriteFlag.NONE);
            case WRITE_ZEROES -> fault.writeZeroes(offset, 512, WriteFlag.NONE);
            case DISCARD -> fault.discard(offset, 512);
            case FLUSH -> fault.flush();
            case BLOCK_STATUS -> fault.blockStatus(offset, 512);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void failsOnlyItsKind(Kind kind) throws Exception {
        open(UNMAP, LENGTH);
        fault.inject(Fault.always(kind, Errno.ENOSPC));
        for (Kind other : Kind.values()) {
            if (other == kind) {
                assertErrno(Errno.ENOSPC, () -> run(other, 0));
            } else {
                run(other, 0);
            }
        }
        assertErrno(Errno.ENOSPC, () -> run(kind, 0));
        fault.clear();
        run(kind, 0);
    }

    @Test
    void failsOnceFromTheNth() throws Exception {
        open(UNMAP, LENGTH);
        fault.inject(Fault.once(Kind.WRITE, Errno.EIO).from(3));
        run(Kind.WRITE, 0);
        run(Kind.WRITE, 0);
        assertErrno(Errno.EIO, () -> run(Kind.WRITE, 0));
        run(Kind.WRITE, 0);
    }

    @Test
    void failsAsOftenAsItIsTold() throws Exception {
        open(UNMAP, LENGTH);
        fault.inject(new Fault(Kind.READ, 0, Long.MAX_VALUE, Errno.EIO, 2, 2));
        run(Kind.READ, 0);
        assertErrno(Errno.EIO, () -> run(Kind.READ, 0));
        assertErrno(Errno.EIO, () -> run(Kind.READ, 0));
        run(Kind.READ, 0);
    }

    @Test
    void failsOnlyWhatTouchesItsRange() throws Exception {
        open(UNMAP, LENGTH);
        fault.inject(Fault.always(Kind.WRITE, Errno.EIO).in(1024, 512));
        run(Kind.WRITE, 512);
        run(Kind.WRITE, 1536);
        assertErrno(Errno.EIO, () -> run(Kind.WRITE, 513));
        assertErrno(Errno.EIO, () -> run(Kind.WRITE, 1535));
    }

    @Test
    void failedWriteDoesNotReachTheChildAndSaysSo() throws Exception {
        open(UNMAP, LENGTH);
        fault.inject(Fault.once(Kind.WRITE, Errno.EIO));
        BlockException e = assertThrows(BlockException.class, () -> run(Kind.WRITE, 4096));
        assertEquals("node: WRITE at 4096, 512 bytes: fault injected: Input/output error",
                e.getMessage());
        assertArrayEquals(new byte[LENGTH], readAll(child));
    }

    @Test
    void refusedZeroWriteGoesOnAsZeroBytes() throws Exception {
        open(UNMAP, LENGTH);
        fault.inject(Fault.always(Kind.WRITE_ZEROES, Errno.EBUSY));
        fault.write(0, MemorySegment.ofArray(pattern(LENGTH, 1)), WriteFlag.NONE);
        fault.writeZeroes(0, LENGTH, MAY_UNMAP);
        assertArrayEquals(new byte[LENGTH], readAll(child));
        assertEquals(LENGTH, child.allocatedBytes());
    }

    @Test
    void statusOfTheTopLayerFailsToo() throws Exception {
        open(UNMAP, LENGTH);
        fault.inject(Fault.always(Kind.BLOCK_STATUS, Errno.EIO));
        assertErrno(Errno.EIO, () -> fault.allocatedInTop(0, 512));
    }
}

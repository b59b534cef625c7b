// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.function.Supplier;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockIo;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.WriteFlag;

/**
 * An export over a node, or over what an attachment is attached to.
 *
 * @param io       where requests go
 * @param node     the node they reach now
 * @param writable whether clients may write
 */
record IoExport(BlockIo io, Supplier<BlockNode> node, boolean writable) implements NbdExport {
    @Override
    public long length() {
        return io.length();
    }

    @Override
    public boolean readOnly() {
        return !writable || node.get().options().readOnly();
    }

    @Override
    public void read(long offset, MemorySegment into) throws BlockException {
        io.read(offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        io.write(offset, from, flags);
    }

    @Override
    public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException {
        io.writeZeroes(offset, bytes, flags);
    }

    @Override
    public void trim(long offset, long bytes) throws BlockException {
        io.discard(offset, bytes);
    }

    @Override
    public void flush() throws BlockException {
        io.flush();
    }

    @Override
    public Extent blockStatus(long offset, long bytes) throws BlockException {
        return io.blockStatus(offset, bytes);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.WriteFlag;

/** An export over one node. */
record NodeExport(BlockNode node, boolean writable) implements NbdExport {
    @Override
    public long length() {
        return node.length();
    }

    @Override
    public boolean readOnly() {
        return !writable || node.options().readOnly();
    }

    @Override
    public void read(long offset, MemorySegment into) throws BlockException {
        node.read(offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        node.write(offset, from, flags);
    }

    @Override
    public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException {
        node.writeZeroes(offset, bytes, flags);
    }

    @Override
    public void trim(long offset, long bytes) throws BlockException {
        node.discard(offset, bytes);
    }

    @Override
    public void flush() throws BlockException {
        node.flush();
    }

    @Override
    public Extent blockStatus(long offset, long bytes) throws BlockException {
        return node.blockStatus(offset, bytes);
    }
}

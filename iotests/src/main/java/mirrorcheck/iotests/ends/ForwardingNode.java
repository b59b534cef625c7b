// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;

/**
 * Passes everything on to a node, whose name and options it has, so that what extends it only says
 * what it does differently. Unlike a filter it brings no behaviour of a node of its own: no options
 * act, and errors come back as they are.
 */
public abstract class ForwardingNode implements BlockNode {
    private final BlockNode node;

    /** Takes the place of {@code node}, and closes it when it is closed. */
    protected ForwardingNode(BlockNode node) {
        this.node = node;
    }

    @Override
    public NodeOptions options() {
        return node.options();
    }

    @Override
    public long length() {
        return node.length();
    }

    @Override
    public Limits limits() {
        return node.limits();
    }

    @Override
    public long firstWriteUnit() {
        return node.firstWriteUnit();
    }

    @Override
    public List<BlockNode> children() {
        return node.children();
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
    public void discard(long offset, long bytes) throws BlockException {
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

    @Override
    public Extent allocatedInTop(long offset, long bytes) throws BlockException {
        return node.allocatedInTop(offset, bytes);
    }

    @Override
    public void close() throws BlockException {
        node.close();
    }
}

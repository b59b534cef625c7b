// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

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
 * Passes everything on to a node, whose name and options it has, so that what stands above it only
 * says what it does differently.
 */
class AlteredNode implements BlockNode {
    private final BlockNode node;

    AlteredNode(BlockNode node) {
        this.node = node;
    }

    /** Whether the calling thread is one of the job's own, not a guest's. */
    static boolean isJobs() {
        return Thread.currentThread().getName().startsWith("mirror-");
    }

    /** What lies below the node whose place this takes. */
    final BlockNode below() {
        return node.children().getFirst();
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

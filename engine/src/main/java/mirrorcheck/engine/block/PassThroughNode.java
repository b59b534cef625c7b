// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

/**
 * A node that hands every request to its one child: what filters and the raw format have in common.
 *
 * <p>The node's own {@code discard}, {@code detect-zeroes} and {@code read-only} act on it first,
 * as on every node.
 */
public abstract class PassThroughNode extends AbstractNode {
    private final BlockNode child;
    private final boolean ownsChild;

    /**
     * Puts a node above another.
     *
     * @param ownsChild whether to close the child when this node is closed
     * @throws BlockException EINVAL for options that no node may have; the child is untouched
     */
    protected PassThroughNode(NodeOptions options, BlockNode child, boolean ownsChild)
            throws BlockException {
        super(options);
        this.child = child;
        this.ownsChild = ownsChild;
    }

    /** The node below. */
    protected final BlockNode child() {
        return child;
    }

    @Override
    public long length() {
        return child.length();
    }

    @Override
    public Limits limits() {
        return child.limits();
    }

    @Override
    public long firstWriteUnit() {
        return child.firstWriteUnit();
    }

    /**
     * None: the child fits requests to its own limits, and only it can keep its other users away
     * meanwhile.
     */
    @Override
    protected Limits driverLimits() {
        return Limits.NONE;
    }

    @Override
    protected boolean hasFua() {
        return true;
    }

    @Override
    public List<BlockNode> children() {
        return List.of(child);
    }

    @Override
    protected void doRead(long offset, MemorySegment into) throws BlockException {
        child.read(offset, into);
    }

    @Override
    protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        child.write(offset, from, flags);
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        child.writeZeroes(offset, bytes, flags);
    }

    @Override
    protected void doDiscard(long offset, long bytes) throws BlockException {
        child.discard(offset, bytes);
    }

    @Override
    protected void doFlush() throws BlockException {
        child.flush();
    }

    @Override
    protected void doStartWriteback() {
        child.startWriteback();
    }

    @Override
    protected Extent doBlockStatus(long offset, long bytes) throws BlockException {
        return child.blockStatus(offset, bytes);
    }

    @Override
    public Extent allocatedInTop(long offset, long bytes) throws BlockException {
        return child.allocatedInTop(offset, clipForStatus(offset, bytes));
    }

    @Override
    protected void doClose() throws BlockException {
        if (ownsChild) {
            child.close();
        }
    }
}

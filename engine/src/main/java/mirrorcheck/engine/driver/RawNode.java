// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.PassThroughNode;
import mirrorcheck.engine.block.WriteFlag;

/**
 * The format node of an image without a format: driver {@code raw}. What its child holds, or a part
 * of it, is the image, byte for byte, and all of it counts as allocated.
 */
public final class RawNode extends PassThroughNode {
    private static final int SECTOR = 512;

    private final long start;
    /** The length of the part, or -1 for all that there is after {@code start}. */
    private final long size;

    /**
     * All of the child.
     *
     * @param file      the child; it should be opened with {@code discard=unmap}, so that this
     *                  node's options decide
     * @param ownsChild whether to close the child when this node is closed
     * @throws BlockException EINVAL for options that no node may have; the child is untouched
     */
    public RawNode(NodeOptions options, BlockNode file, boolean ownsChild) throws BlockException {
        super(options, file, ownsChild);
        start = 0;
        size = -1;
    }

    /**
     * A part of the child.
     *
     * @param start where in the child the image begins, in bytes
     * @param size  its length in bytes, rounded up to a multiple of 512 where the child is long
     *              enough, or -1 for the rest of the child
     * @throws BlockException EINVAL if the child does not have that part
     */
    public RawNode(NodeOptions options, BlockNode file, boolean ownsChild, long start, long size)
            throws BlockException {
        super(options, file, ownsChild);
        long whole = file.length();
        if (start < 0 || start > whole) {
            throw BlockException.refused("Offset (" + start
                    + ") cannot be greater than size of the containing file (" + whole + ")");
        }
        if (size > whole - start) {
            throw BlockException.refused("The sum of offset (" + start + ") and size (" + size
                    + ") has to be smaller or equal to the  actual size of the containing file ("
                    + whole + ")");
        }
        this.start = start;
        this.size = size < 0 ? -1 : Math.min(roundUp(size), whole - start & -SECTOR);
    }

    private static long roundUp(long bytes) {
        return bytes + SECTOR - 1 & -SECTOR;
    }

    @Override
    public long length() {
        return size >= 0 ? size : child().length() - start & -SECTOR;
    }

    /** As the child's; 0 for a part that begins within a unit, none of which it could fill. */
    @Override
    public long firstWriteUnit() {
        long unit = super.firstWriteUnit();
        return unit == 0 || start % unit != 0 ? 0 : unit;
    }

    @Override
    public int usefulRequests() {
        return child().usefulRequests();
    }

    @Override
    public boolean allocatesAll() {
        return child().allocatesAll();
    }

    @Override
    public void resize(long length) throws BlockException {
        if (size >= 0) {
            throw BlockException.refused("Cannot resize fixed-size raw disks");
        }
        child().resize(start + length);
    }

    @Override
    protected void doRead(long offset, MemorySegment into) throws BlockException {
        super.doRead(start + offset, into);
    }

    @Override
    protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        super.doWrite(start + offset, from, flags);
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        super.doWriteZeroes(start + offset, bytes, flags);
    }

    @Override
    protected void doDiscard(long offset, long bytes) throws BlockException {
        super.doDiscard(start + offset, bytes);
    }

    @Override
    protected Extent doBlockStatus(long offset, long bytes) throws BlockException {
        return here(super.doBlockStatus(start + offset, bytes));
    }

    @Override
    public Extent allocatedInTop(long offset, long bytes) throws BlockException {
        return here(child().allocatedInTop(start + offset, clipForStatus(offset, bytes)));
    }

    private Extent here(Extent extent) {
        return start == 0 ? extent
                : new Extent(extent.offset() - start, extent.bytes(), extent.status());
    }
}

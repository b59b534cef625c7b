// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

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
 * Stands above the source while a mirror runs, so that no guest write goes unseen.
 *
 * <p>Reads pass. Writes and zero writes pass through {@link GuestWrites}. The filter does not offer
 * to unmap: a guest's discard is dropped, which is success, and its zero writes keep the allocation
 * (rule GUEST-3). Flushes go to the source only.
 */
final class MirrorFilter implements BlockNode {
    private final NodeOptions options;
    private final BlockNode source;
    private final BlockNode target;
    private final GuestWrites guestWrites;

    MirrorFilter(String nodeName, BlockNode source, BlockNode target, GuestWrites guestWrites) {
        this.options = NodeOptions.named(nodeName);
        this.source = source;
        this.target = target;
        this.guestWrites = guestWrites;
    }

    BlockNode source() {
        return source;
    }

    BlockNode target() {
        return target;
    }

    @Override
    public NodeOptions options() {
        return options;
    }

    @Override
    public long length() {
        return source.length();
    }

    @Override
    public Limits limits() {
        return source.limits();
    }

    @Override
    public List<BlockNode> children() {
        return List.of(source, target);
    }

    @Override
    public boolean interposes() {
        return true;
    }

    @Override
    public void read(long offset, MemorySegment into) throws BlockException {
        source.read(offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from, Set<WriteFlag> flags) throws BlockException {
        guestWrites.write(offset, from, flags);
    }

    @Override
    public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException {
        guestWrites.writeZeroes(offset, bytes, flags);
    }

    @Override
    public void discard(long offset, long bytes) throws BlockException {
        // Dropped: what a discarded range reads as is nobody's promise, and the target must read as
        // the source does.
    }

    @Override
    public void flush() throws BlockException {
        source.flush();
    }

    @Override
    public Extent blockStatus(long offset, long bytes) throws BlockException {
        return source.blockStatus(offset, bytes);
    }

    @Override
    public Extent allocatedInTop(long offset, long bytes) throws BlockException {
        return source.allocatedInTop(offset, bytes);
    }

    @Override
    public void close() {
        // The source belongs to the graph, not to the filter.
    }
}

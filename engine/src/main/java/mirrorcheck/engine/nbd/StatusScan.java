// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Chunk.Descriptor;

/**
 * Turns the block status of an export into base:allocation: joins what is alike, and keeps the
 * extents to multiples of the minimum block size.
 */
final class StatusScan {
    /** The most extents in one answer; clients ask again behind the last. */
    private static final int MAX_EXTENTS = 2048;

    private final NbdExport export;
    private final int minimum;

    StatusScan(NbdExport export, int minimum) {
        this.export = export;
        this.minimum = minimum;
    }

    /**
     * Describes the beginning of a range that lies inside the export.
     *
     * @param one whether a single extent is wanted
     */
    List<Descriptor> scan(long offset, long bytes, boolean one) throws BlockException {
        List<Descriptor> found = new ArrayList<>();
        long end = offset + bytes;
        for (long at = offset; at < end;) {
            Descriptor next = next(at, end);
            Descriptor last = found.isEmpty() ? null : found.getLast();
            if (last != null && last.flags() == next.flags()) {
                found.set(found.size() - 1,
                        new Descriptor(last.bytes() + next.bytes(), last.flags()));
            } else if (one && last != null || found.size() == MAX_EXTENTS) {
                break;
            } else {
                found.add(next);
            }
            at += next.bytes();
        }
        return found;
    }

    private Descriptor next(long offset, long end) throws BlockException {
        Extent extent = ask(offset, end);
        long bytes = Math.min(extent.bytes(), end - offset);
        int flags = flags(extent.status());
        if (offset + bytes == end || bytes % minimum == 0) {
            return new Descriptor(bytes, flags);
        }
        if (bytes > minimum) {
            return new Descriptor(bytes - bytes % minimum, flags);
        }
        // Shorter than a block: the block is what all its parts are.
        long blockEnd = Math.min(end, offset + minimum);
        for (long at = offset + bytes; at < blockEnd;) {
            extent = ask(at, blockEnd);
            flags &= flags(extent.status());
            at += extent.bytes();
        }
        return new Descriptor(blockEnd - offset, flags);
    }

    private Extent ask(long offset, long end) throws BlockException {
        Extent extent = export.blockStatus(offset, end - offset);
        if (extent.offset() != offset || extent.bytes() <= 0) {
            throw new IllegalStateException("block status at " + offset + ": " + extent
                    + ": must begin there and not be empty");
        }
        return extent;
    }

    private static int flags(BlockStatus status) {
        // Zeroes are told as a hole, as QEMU does for a raw file: nobody knows which they are.
        if (status.zero()) {
            return Chunk.STATE_ZERO | Chunk.STATE_HOLE;
        }
        return status.allocated() ? 0 : Chunk.STATE_HOLE;
    }
}

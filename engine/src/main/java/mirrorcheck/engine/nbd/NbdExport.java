// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.WriteFlag;

/**
 * What an {@link NbdServer} serves. The server has checked the range, the permission and the flags
 * of a request before it arrives here.
 *
 * <p>All requests come from the workers of the server, several at a time, and may block: a request
 * that is held up holds up nothing but itself and a worker. An error is answered with its errno
 * (see {@link mirrorcheck.engine.nbd.wire.Errors}) and its message.
 */
public interface NbdExport {
    /** The size in bytes, as clients learn it; it does not change while it is served. */
    long length();

    /** Whether writes, zero writes and trims are refused with EPERM before they arrive here. */
    boolean readOnly();

    /** Reads a range; {@code into} is native memory. */
    void read(long offset, MemorySegment into) throws BlockException;

    /** Writes a range; {@code flags} is FUA or none. */
    void write(long offset, MemorySegment from, Set<WriteFlag> flags) throws BlockException;

    /** Writes zeroes; MAY_UNMAP stands for the absence of NBD_CMD_FLAG_NO_HOLE. */
    void writeZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException;

    /** Gives up the content of a range: NBD_CMD_TRIM. */
    void trim(long offset, long bytes) throws BlockException;

    /** Makes finished writes durable. */
    void flush() throws BlockException;

    /** What is known of a range; see {@link BlockNode#blockStatus}. */
    Extent blockStatus(long offset, long bytes) throws BlockException;

    /**
     * Serves a node. The node stays open when the export is gone.
     *
     * @param writable whether clients may write; a read-only node refuses them in any case
     */
    static NbdExport of(BlockNode node, boolean writable) {
        return new IoExport(node, () -> node, writable);
    }

    /**
     * Serves whatever node an attachment uses at the time of each request. The attachment stays
     * open when the export is gone.
     *
     * @param writable as above
     */
    static NbdExport of(Attachment attachment, boolean writable) {
        return new IoExport(attachment, attachment::node, writable);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

/**
 * One vertex of the block graph: a driver over a file, memory or a socket, or a filter over another
 * node.
 *
 * <p>All ranges are bytes, half-open, inside {@code [0, length())}; a range past the end is refused
 * with EINVAL and nothing happens; a range of 0 bytes succeeds and does nothing. All calls block,
 * and all may come from several threads at once. Requests that overlap while both are running may
 * take effect in either order; a request issued after another returned sees its effect. A failed
 * write may have changed any part of its range and nothing else.
 */
public interface BlockNode extends AutoCloseable {
    /** The options the node was opened with. */
    NodeOptions options();

    /** The name in the graph. */
    default String nodeName() {
        return options().nodeName();
    }

    /**
     * The size in bytes: a multiple of 512, at most 2^63 - 512; a file of odd size is rounded up
     * (rule SIZE-1).
     */
    long length();

    /**
     * Changes the size. Only while nobody uses the node; what is added reads as zero.
     *
     * @param length in bytes, 0 or more; rounded up to a multiple of 512
     * @throws BlockException EINVAL if the driver has no way to do it, EPERM on a read-only node,
     *         EFBIG, ENOSPC and others from the host; the size is unchanged
     */
    default void resize(long length) throws BlockException {
        throw BlockException.refused("Image format driver does not support resize");
    }

    /**
     * Gives the node other options ({@code blockdev-reopen}). Only while nobody's requests run.
     *
     * @throws BlockException EINVAL for options that no node may have, another name, or options
     *         that the driver cannot change; the node is unchanged
     */
    default void reopen(NodeOptions options) throws BlockException {
        throw BlockException.refused("Block node '" + nodeName() + "' does not support reopening");
    }

    /** What the node asks of requests. */
    Limits limits();

    /** The nodes below, the one that holds the data first; empty for a protocol node. */
    List<BlockNode> children();

    /**
     * Whether the node stands between its first child and every user of it, as the filter of a
     * mirror does: who attaches to the child by name is put above this node.
     */
    default boolean interposes() {
        return false;
    }

    /**
     * Reads {@code [offset, offset + into.byteSize())}.
     *
     * @param into any segment, native or heap; native is faster
     * @throws BlockException EINVAL if the range ends past the end, EIO and others from the host;
     *         {@code into} is then undefined
     */
    void read(long offset, MemorySegment into) throws BlockException;

    /**
     * Writes {@code from} at {@code offset}. With {@code detect-zeroes} a write of nothing but
     * zeroes becomes {@link #writeZeroes}.
     *
     * @param flags {@link WriteFlag#FUA} or none
     * @throws BlockException EPERM on a read-only node, EINVAL past the end, ENOSPC, EIO and others
     *         from the host
     */
    void write(long offset, MemorySegment from, Set<WriteFlag> flags) throws BlockException;

    /**
     * Makes {@code [offset, offset + bytes)} read as zero, without sending zeroes where the driver
     * can.
     *
     * <p>Without {@link WriteFlag#MAY_UNMAP}, or on a node with {@code discard=ignore}, allocated
     * bytes stay allocated and unallocated ones become allocated. A driver that refuses
     * (EOPNOTSUPP, EINVAL of an odd range, EBUSY, ENOTTY) is given zero bytes to write instead,
     * unless {@link WriteFlag#FAST_ZERO} forbids it; EIO and ENOSPC are errors.
     *
     * @throws BlockException EOPNOTSUPP with FAST_ZERO if it would be slow; otherwise as for write
     */
    void writeZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException;

    /**
     * Tells that the range is no longer needed; what it reads as afterwards is undefined. Dropped
     * with {@code discard=ignore} and where the driver cannot: both are success.
     *
     * @throws BlockException EPERM on a read-only node, EINVAL past the end, EIO from the host
     */
    void discard(long offset, long bytes) throws BlockException;

    /**
     * Makes every write that returned before this call durable; nothing with {@code
     * cache.no-flush}.
     *
     * @throws BlockException EIO and others from the host; writes since the last good flush may be
     *         lost
     */
    void flush() throws BlockException;

    /**
     * Reports what is known about {@code [offset, offset + bytes)} without reading data.
     *
     * <p>Answers one extent at a time; callers loop. A driver that cannot tell answers {@link
     * BlockStatus#DATA}: always correct, only slower (rule STATUS-2). Safe to call during writes;
     * the answer may then be out of date.
     *
     * @param bytes how far to look; greater than 0; clipped at the end of the device
     * @return an extent that starts at {@code offset}, 1 to {@code bytes} bytes long
     * @throws BlockException EINVAL if offset is at or past the end, EIO if the host failed; the
     *         node is unchanged
     */
    Extent blockStatus(long offset, long bytes) throws BlockException;

    /**
     * Whether this layer itself decides what the range reads as, for {@code sync=top}. One layer,
     * where {@link #blockStatus} sees the whole chain.
     *
     * @return an extent as for blockStatus; {@link BlockStatus#allocated()} is the answer
     * @throws BlockException as for blockStatus
     */
    default Extent allocatedInTop(long offset, long bytes) throws BlockException {
        return blockStatus(offset, bytes);
    }

    /**
     * Closes this node and what it opened itself, not nodes that were handed to it. A second call
     * does nothing.
     *
     * @throws BlockException if the host reports a late write error; the node is closed all the
     *         same
     */
    @Override
    void close() throws BlockException;
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * The requests that a block device takes: a node of the graph, or whatever a user of the graph is
 * attached to at the time.
 *
 * <p>All ranges are bytes, half-open, inside {@code [0, length())}; a range past the end is refused
 * with EINVAL and nothing happens; a range of 0 bytes succeeds and does nothing. All calls block,
 * and all may come from several threads at once. Requests that overlap while both are running may
 * take effect in either order; a request issued after another returned sees its effect. A failed
 * write may have changed any part of its range and nothing else.
 */
public interface BlockIo {
    /**
     * The size in bytes: a multiple of 512, at most 2^63 - 512; a file of odd size is rounded up
     * (rule SIZE-1).
     */
    long length();

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
}

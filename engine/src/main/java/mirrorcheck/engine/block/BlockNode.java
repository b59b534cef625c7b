// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.util.List;

/**
 * One vertex of the block graph: a driver over a file, memory or a socket, or a filter over another
 * node.
 *
 * <p>Requests and their ranges are those of {@link BlockIo}.
 */
public interface BlockNode extends BlockIo, AutoCloseable {
    /** The options the node was opened with. */
    NodeOptions options();

    /** The name in the graph. */
    default String nodeName() {
        return options().nodeName();
    }

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

    /**
     * How much must be written as a whole when any of it is written for the first time (rule
     * CHAIN-4): the allocation unit of an image whose backing file is not attached yet, since what
     * a write leaves out of a unit would hide the backing file later.
     *
     * @return bytes, a power of two, at multiples of which such units begin; 0 if there are none
     */
    default long firstWriteUnit() {
        return 0;
    }

    /**
     * How many requests at once it gains from. More would be carried out, but no sooner: what comes
     * out of the memory of the host takes a processor each.
     *
     * @return 1 or more
     */
    default int usefulRequests() {
        return Integer.MAX_VALUE;
    }

    /**
     * Whether every byte counts as allocated, data or not, so that nobody has to ask block status
     * for that.
     */
    default boolean allocatesAll() {
        return false;
    }

    /**
     * Begins to bring what was written to the disk, and does not wait for it: a flush will ask for
     * it. Only a hint, which promises nothing; what fails is told by the flush.
     */
    default void startWriteback() {
    }

    /** The end of what was written furthest behind, in bytes; 0 if nothing was. */
    default long highestWrite() {
        return 0;
    }

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

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.foreign.MemorySegment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;

/**
 * The file below an image: it reads as zero past its end, and grows ahead of what is allocated in
 * it. Reading and writing from any thread; growing under the metadata lock.
 */
final class ImageFile {
    /** The most that the file is grown ahead, in bytes: it is cut again when the image is closed. */
    private static final long MOST_AHEAD = 64L << 20;

    private final BlockNode node;
    /** The end of the last cluster that was ever in use, or of the file as it was found. */
    private long used;

    ImageFile(BlockNode node) {
        this.node = node;
        this.used = node.length();
    }

    BlockNode node() {
        return node;
    }

    long length() {
        return node.length();
    }

    /** Reads; what lies past the end of the file is zero. */
    void read(long offset, MemorySegment into) throws BlockException {
        readFrom(node, offset, into);
    }

    static void readFrom(BlockNode node, long offset, MemorySegment into) throws BlockException {
        long bytes = into.byteSize();
        long there = Math.max(0, Math.min(bytes, node.length() - offset));
        if (there > 0) {
            node.read(offset, into.asSlice(0, there));
        }
        if (there < bytes) {
            into.asSlice(there).fill((byte) 0);
        }
    }

    byte[] read(long offset, int bytes) throws BlockException {
        byte[] content = new byte[bytes];
        read(offset, MemorySegment.ofArray(content));
        return content;
    }

    void write(long offset, byte[] bytes) throws BlockException {
        node.write(offset, MemorySegment.ofArray(bytes), WriteFlag.NONE);
    }

    /**
     * Makes room for {@code [offset, end)}, which was just allocated.
     *
     * @return whether nothing was ever written there, so that it reads as zero
     * @throws BlockException ENOSPC if the file cannot grow
     */
    boolean extend(long offset, long end) throws BlockException {
        long length = node.length();
        if (end > length) {
            long ahead = Math.min(MOST_AHEAD, length >> 3) & -(1L << 16);
            try {
                node.resize(Math.max(end, length + ahead));
            } catch (BlockException e) {
                if (e.errno() != Errno.EINVAL) {
                    throw e;
                }
                throw new BlockException(Errno.ENOSPC, node.nodeName()
                        + ": cannot grow from " + length + " to " + end + " bytes", e);
            }
        }
        boolean unused = offset >= used;
        used = Math.max(used, end);
        return unused;
    }

    /** Completes the last cluster of the file, so that all of it can be written to. */
    void completeCluster(Geometry geometry) throws BlockException {
        long whole = geometry.alignUp(node.length());
        if (whole > node.length()) {
            extend(node.length(), whole);
        }
    }

    /** Cuts off what the file was grown ahead. */
    void trim() throws BlockException {
        if (node.length() > used) {
            node.resize(used);
        }
    }
}

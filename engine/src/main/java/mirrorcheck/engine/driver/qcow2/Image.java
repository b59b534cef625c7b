// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.RangeLock;
import mirrorcheck.engine.host.Errno;

/**
 * An open image: its parts, its locks, and whether it may still be written to.
 *
 * <p>An image that turns out to be inconsistent is not written to from then on: every request that
 * would fails with EIO and the first reason.
 */
final class Image {
    private final String name;
    private final Header header;
    private final ImageFile file;
    private final BlockNode dataFile;
    private final BlockNode backing;
    private final ReentrantLock lock = new ReentrantLock();
    private final RangeLock ranges = new RangeLock();
    private final ClusterSet metadata = new ClusterSet();
    private final Reads reads = new Reads();
    private final PendingFrees frees = new PendingFrees(reads);
    private final Mapper mapper;
    private final L2Tables tables;
    private Refcounts refcounts;
    private volatile long length;
    private volatile String corruption;
    /** Whether the file is ready to be written to, see {@link FirstWrite}. */
    private volatile boolean begun;

    /**
     * Reads the L1 table.
     *
     * @param name     of the node, for messages
     * @param dataFile the external data file, or null
     * @param backing  the backing node, or null
     */
    Image(String name, Header header, BlockNode file, BlockNode dataFile, BlockNode backing)
            throws BlockException {
        this.name = name;
        this.header = header;
        this.file = new ImageFile(file);
        this.dataFile = dataFile;
        this.backing = backing;
        this.length = header.size() + 511 & -512;
        this.mapper = new Mapper(this);
        this.tables = new L2Tables(this);
    }

    /**
     * Reads what writing needs, and looks for tables that lie upon each other; an image that has
     * some can only be read.
     */
    void prepareToWrite() throws BlockException {
        lock.lock();
        try {
            if (refcounts != null) {
                return;
            }
            refcounts = new Refcounts(this);
            Layout.register(this);
        } finally {
            lock.unlock();
        }
    }

    String name() {
        return name;
    }

    Header header() {
        return header;
    }

    Geometry geometry() {
        return header.geometry();
    }

    ImageFile file() {
        return file;
    }

    boolean hasDataFile() {
        return dataFile != null;
    }

    /** Where guest clusters are: the external data file, or the file itself. */
    BlockNode data() {
        return dataFile != null ? dataFile : file.node();
    }

    BlockNode backing() {
        return backing;
    }

    /**
     * Whether clusters may have something to hide: there is a backing file, or the header names one
     * that may be attached later.
     */
    boolean hidesBacking() {
        return backing != null || header.backingFile() != null;
    }

    /** The lock of everything in memory: tables, refcounts, frees. */
    ReentrantLock lock() {
        return lock;
    }

    /** The locks of guest ranges. */
    RangeLock ranges() {
        return ranges;
    }

    /** The clusters of the file that hold tables. */
    ClusterSet metadata() {
        return metadata;
    }

    Reads reads() {
        return reads;
    }

    PendingFrees frees() {
        return frees;
    }

    Mapper mapper() {
        return mapper;
    }

    L2Tables tables() {
        return tables;
    }

    Refcounts refcounts() {
        return refcounts;
    }

    /** Length of the device in bytes. */
    long length() {
        return length;
    }

    void setLength(long bytes) {
        length = bytes;
    }

    /** What the image says of the beginning of a range. */
    Mapping find(long guest, long most) throws BlockException {
        lock.lock();
        try {
            return mapper.find(guest, most);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that the image is inconsistent; it is not written to any more.
     *
     * @return what to throw: EIO
     */
    BlockException corrupt(String what) {
        if (corruption == null) {
            corruption = what;
        }
        return new BlockException(Errno.EIO, name + ": image is corrupt: " + what);
    }

    /** Throws EIO if the image must not be written to any more. */
    void checkUsable() throws BlockException {
        String reason = corruption;
        if (reason != null) {
            throw new BlockException(Errno.EIO,
                    name + ": image is corrupt and not written to any more: " + reason);
        }
    }

    /**
     * To be called by every request that will change the image, before it does.
     *
     * @throws BlockException EIO if the image must not be written to any more
     */
    void beginWrite() throws BlockException {
        checkUsable();
        if (!begun) {
            lock.lock();
            try {
                if (!begun) {
                    FirstWrite.prepare(this);
                    begun = true;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether anything may have been written. */
    boolean hasBegun() {
        return begun;
    }

    /** Declares bitmaps inconsistent: they do not follow what happens now. */
    void leaveBitmaps() throws BlockException {
        FirstWrite.leaveBitmaps(this);
    }

    /** Refuses a cluster that the file does not have any part of. */
    void checkInFile(String what, long offset) throws BlockException {
        if (offset >= file.length()) {
            throw corrupt(what + ": cluster at " + offset + ": past the end of the file: length "
                    + file.length());
        }
    }

    /** Refuses clusters to be taken that hold tables: a refcount of theirs is wrong. */
    void checkFree(long cluster, long count) throws BlockException {
        for (long each = cluster; each < cluster + count; each++) {
            if (metadata.contains(each)) {
                throw corrupt("cluster " + each + ": refcount 0, but it holds metadata");
            }
        }
    }

    /** Refuses to overwrite a table's cluster unless it has exactly one owner. */
    void checkOwned(String what, long offset) throws BlockException {
        long count = refcounts.get(offset >> geometry().clusterBits());
        if (count != 1) {
            throw corrupt(what + ": cluster at " + offset + ": bit 63 says refcount 1, but it is "
                    + count);
        }
    }

    /**
     * Refuses to overwrite guest data unless the clusters are inside of the file, have one owner
     * and hold no table.
     */
    void checkOverwrite(long guest, long host, long bytes) throws BlockException {
        if (hasDataFile()) {
            return;
        }
        int bits = geometry().clusterBits();
        for (long cluster = host >> bits; cluster <= host + bytes - 1 >> bits; cluster++) {
            if (metadata.contains(cluster)) {
                throw corrupt(mapper.entry(guest) + ": host offset " + (cluster << bits)
                        + ": holds metadata");
            }
            checkInFile(mapper.entry(guest), cluster << bits);
            checkOwned(mapper.entry(guest), cluster << bits);
        }
    }
}

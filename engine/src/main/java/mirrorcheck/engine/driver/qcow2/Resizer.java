// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.nio.ByteBuffer;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;

/** Changes the length of the device; nobody else uses it meanwhile. */
final class Resizer {
    private final Image image;
    private final Geometry geometry;
    private final Zeroer zeroer;
    private final Checkpoint checkpoint;

    Resizer(Image image, Zeroer zeroer, Checkpoint checkpoint) {
        this.image = image;
        this.geometry = image.geometry();
        this.zeroer = zeroer;
        this.checkpoint = checkpoint;
    }

    /**
     * Grows or shrinks the device.
     *
     * @throws BlockException EPERM on a read-only node, EINVAL or EFBIG for a length that no image
     *         can have, EOPNOTSUPP with internal snapshots where they would suffer; the length is
     *         then as it was
     */
    void resize(long bytes, boolean readOnly) throws BlockException {
        if (readOnly) {
            throw new BlockException(Errno.EPERM,
                    image.name() + ": resize: the node is read-only");
        }
        if (bytes < 0 || bytes > Header.MAX_SIZE) {
            throw new BlockException(bytes < 0 ? Errno.EINVAL : Errno.EFBIG, image.name()
                    + ": resize to " + bytes + " bytes: must be 0 to " + Header.MAX_SIZE);
        }
        long length = bytes + 511 & -512;
        long entries = geometry.l1EntriesFor(length);
        if (entries > Header.MAX_L1_ENTRIES) {
            throw new BlockException(Errno.EFBIG, image.name() + ": resize to " + bytes
                    + " bytes: L1 table of " + entries + " entries: must be at most "
                    + Header.MAX_L1_ENTRIES);
        }
        image.beginWrite();
        if (length == image.length()) {
            return;
        }
        refuseWithSnapshots(length);
        image.leaveBitmaps();
        if (length > image.length()) {
            grow(length, (int) entries);
        } else {
            shrink(length);
        }
    }

    private void refuseWithSnapshots(long length) throws BlockException {
        if (image.header().nbSnapshots() > 0
                && (image.header().version() < 3 || length < image.length())) {
            throw new BlockException(Errno.EOPNOTSUPP, image.name()
                    + ": resize: not possible with internal snapshots: there are "
                    + image.header().nbSnapshots());
        }
    }

    /** What is added reads as zero: neither what is below nor what a cluster had past the end. */
    private void grow(long length, int entries) throws BlockException {
        long old = image.length();
        image.lock().lock();
        try {
            image.tables().grow(entries);
        } finally {
            image.lock().unlock();
        }
        image.setLength(length);
        boolean done = false;
        try {
            if (image.hasDataFile() && image.data().length() < length) {
                image.data().resize(length);
            }
            long backing = image.backing() == null ? 0 : image.backing().length();
            long hidden = Math.min(length, Math.max(backing, geometry.alignUp(old)));
            if (hidden > old) {
                zero(old, hidden);
            }
            checkpoint.run();
            writeSize(length);
            done = true;
        } finally {
            if (!done) {
                image.setLength(old);
            }
        }
    }

    private void zero(long from, long to) throws BlockException {
        if (image.header().hasZeroClusters() || !image.hidesBacking()) {
            zeroer.zero(from, to - from, false, false);
        } else {
            zeroer.writeZeroBytes(from, to);
        }
    }

    /** The new length is durable before anything behind it is given up. */
    private void shrink(long length) throws BlockException {
        long old = image.length();
        checkpoint.run();
        writeSize(length);
        image.setLength(length);
        long from = geometry.alignUp(length);
        long to = geometry.alignUp(old);
        if (from < to) {
            zeroer.cut(from, to);
        }
        checkpoint.run();
        if (image.hasDataFile()) {
            image.data().resize(length);
        }
    }

    private void writeSize(long length) throws BlockException {
        image.file().write(Header.SIZE_AT, ByteBuffer.allocate(8).putLong(length).array());
        image.file().node().flush();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;

/** Reads compressed clusters: deflate without a header, or zstd, by {@code compression_type}. */
final class Compression {
    private final Image image;

    Compression(Image image) {
        this.image = image;
    }

    /**
     * The content of a compressed cluster.
     *
     * @param descriptor its L2 entry
     * @throws BlockException EIO if it does not expand to a cluster
     */
    byte[] read(long descriptor) throws BlockException {
        Geometry geometry = image.geometry();
        long offset = L2Entry.compressedOffset(descriptor, geometry.clusterBits());
        int bytes = L2Entry.compressedBytes(descriptor, geometry.clusterBits());
        long there = image.file().length() - offset;
        if (there <= 0) {
            throw bad(offset, "past the end of the file: length " + image.file().length());
        }
        byte[] packed = image.file().read(offset, (int) Math.min(bytes, there));
        byte[] cluster = new byte[geometry.clusterSize()];
        int got = image.header().compressionType() == 0 ? inflate(packed, cluster, offset)
                : Zstd.expand(packed, cluster);
        if (got != cluster.length) {
            throw bad(offset, got < 0 ? "not a zstd frame"
                    : "expands to " + got + " bytes: must be " + cluster.length);
        }
        return cluster;
    }

    private int inflate(byte[] packed, byte[] cluster, long offset) throws BlockException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed);
            int got = 0;
            while (got < cluster.length) {
                int part = inflater.inflate(cluster, got, cluster.length - got);
                if (part == 0) {
                    break;
                }
                got += part;
            }
            return got;
        } catch (DataFormatException e) {
            throw bad(offset, "not deflate data: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }

    private BlockException bad(long offset, String what) {
        return new BlockException(Errno.EIO,
                image.name() + ": compressed cluster at " + offset + ": " + what);
    }
}

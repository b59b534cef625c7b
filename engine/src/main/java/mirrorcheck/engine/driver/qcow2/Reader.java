// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.foreign.MemorySegment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;

/**
 * Reads guest data. The caller holds the range, or has a ticket of {@link Reads}: what a mapping
 * names is then still there when it is read.
 */
final class Reader {
    private final Image image;
    private final Compression compression;

    Reader(Image image) {
        this.image = image;
        this.compression = new Compression(image);
    }

    /** Reads a range; what lies past the end of the device is zero. */
    void read(long guest, MemorySegment into) throws BlockException {
        long bytes = into.byteSize();
        long inside = Math.max(0, Math.min(bytes, image.length() - guest));
        for (long done = 0; done < inside;) {
            Mapping mapping = image.find(guest + done, inside - done);
            read(mapping, guest + done, into.asSlice(done, mapping.bytes()));
            done += mapping.bytes();
        }
        if (inside < bytes) {
            into.asSlice(inside).fill((byte) 0);
        }
    }

    private void read(Mapping mapping, long guest, MemorySegment into) throws BlockException {
        switch (mapping.kind()) {
            case DATA -> ImageFile.readFrom(image.data(), mapping.host(), into);
            case ZERO, ZERO_ALLOCATED -> into.fill((byte) 0);
            case COMPRESSED -> {
                byte[] cluster = compression.read(mapping.descriptor());
                int within = (int) (guest & cluster.length - 1);
                into.copyFrom(MemorySegment.ofArray(cluster).asSlice(within, into.byteSize()));
            }
            case UNALLOCATED -> readBacking(guest, into);
        }
    }

    private void readBacking(long guest, MemorySegment into) throws BlockException {
        BlockNode backing = image.backing();
        if (backing == null) {
            into.fill((byte) 0);
        } else {
            ImageFile.readFrom(backing, guest, into);
        }
    }

    /** Whether the range is known to read as zero from this image and the length of its backing. */
    boolean isZero(long guest, long bytes) throws BlockException {
        long inside = Math.min(bytes, image.length() - guest);
        for (long done = 0; done < inside;) {
            Mapping mapping = image.find(guest + done, inside - done);
            boolean nothingBelow = mapping.isUnallocated()
                    && (image.backing() == null || guest + done >= image.backing().length());
            if (!mapping.isZero() && !nothingBelow) {
                return false;
            }
            done += mapping.bytes();
        }
        return true;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.foreign.MemorySegment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.RangeLock;
import mirrorcheck.engine.block.WriteFlag;

/**
 * Writes guest data: over clusters that the image has for itself, or into new ones.
 *
 * <p>Overwriting shares the range with others. Allocating has the range for itself until the L2
 * entries name the new clusters, which they do only when these are filled.
 */
final class Writer {
    private final Image image;
    private final Geometry geometry;
    private final Filler filler;

    Writer(Image image, Reader reader) {
        this.image = image;
        this.geometry = image.geometry();
        this.filler = new Filler(image, reader);
    }

    /** Writes a range inside of the device. */
    void write(long guest, MemorySegment from) throws BlockException {
        image.beginWrite();
        long start = geometry.alignDown(guest);
        long end = geometry.alignUp(guest + from.byteSize());
        RangeLock.Held held = image.ranges().lock(start, end, false);
        try {
            if (overwrite(guest, from)) {
                return;
            }
        } finally {
            image.ranges().unlock(held);
        }
        held = image.ranges().lock(start, end, true);
        try {
            writeAlone(guest, from);
        } finally {
            image.ranges().unlock(held);
        }
    }

    /** Writes if no cluster has to be allocated for it; otherwise does nothing. */
    private boolean overwrite(long guest, MemorySegment from) throws BlockException {
        long bytes = from.byteSize();
        for (long done = 0; done < bytes;) {
            Mapping mapping = image.find(guest + done, bytes - done);
            if (mapping.kind() != Kind.DATA || !mapping.copied()) {
                return false;
            }
            done += mapping.bytes();
        }
        for (long done = 0; done < bytes;) {
            done += overwritePart(guest + done, from.asSlice(done));
        }
        return true;
    }

    private long overwritePart(long guest, MemorySegment from) throws BlockException {
        Mapping mapping;
        image.lock().lock();
        try {
            mapping = image.mapper().find(guest, from.byteSize());
            image.checkOverwrite(guest, mapping.host(), mapping.bytes());
        } finally {
            image.lock().unlock();
        }
        image.data().write(mapping.host(), from.asSlice(0, mapping.bytes()), WriteFlag.NONE);
        return mapping.bytes();
    }

    /** Writes with the range locked for this request alone. */
    void writeAlone(long guest, MemorySegment from) throws BlockException {
        long bytes = from.byteSize();
        for (long done = 0; done < bytes;) {
            Mapping mapping = image.find(guest + done, bytes - done);
            if (mapping.kind() == Kind.DATA && mapping.copied()) {
                done += overwritePart(guest + done, from.asSlice(done, mapping.bytes()));
            } else {
                done += allocate(guest + done, from.asSlice(done));
            }
        }
    }

    /** Writes the beginning of {@code from} into clusters that it allocates or completes. */
    private long allocate(long guest, MemorySegment from) throws BlockException {
        Target target;
        image.lock().lock();
        try {
            target = Target.choose(image, guest, from.byteSize());
        } finally {
            image.lock().unlock();
        }
        boolean linked = false;
        try {
            filler.fill(target, guest, from.asSlice(0, target.bytes()));
            image.lock().lock();
            try {
                target.link(image, guest);
                linked = true;
            } finally {
                image.lock().unlock();
            }
        } finally {
            if (!linked) {
                target.giveBack(image);
            }
        }
        return target.bytes();
    }
}

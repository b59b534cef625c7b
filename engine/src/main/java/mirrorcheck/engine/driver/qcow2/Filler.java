// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.foreign.MemorySegment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Buffers;

/** Fills clusters that are about to be linked: the data, and around it what the guest read there. */
final class Filler {
    private final Image image;
    private final Geometry geometry;
    private final Reader reader;

    Filler(Image image, Reader reader) {
        this.image = image;
        this.geometry = image.geometry();
        this.reader = reader;
    }

    /** Writes {@code from} and what completes its first and last cluster, or subcluster. */
    void fill(Target target, long guest, MemorySegment from) throws BlockException {
        long end = guest + from.byteSize();
        long start = geometry.alignDown(guest);
        long first = edgeStart(target, guest);
        long last = edgeEnd(target, guest, end);
        BlockNode data = image.data();
        copy(target, start, first, guest);
        data.write(target.host() + guest - start, from, WriteFlag.NONE);
        // A data file is as long as the device.
        copy(target, start, end, image.hasDataFile() ? Math.min(last, image.length()) : last);
    }

    /** Where the first thing that must be filled begins. */
    private long edgeStart(Target target, long guest) throws BlockException {
        long start = geometry.alignDown(guest);
        if (movesWhole(target, start, target.host())) {
            return start;
        }
        return isInPlace(guest) ? guest : guest & -(long) geometry.subclusterSize();
    }

    private long edgeEnd(Target target, long guest, long end) throws BlockException {
        long last = geometry.alignDown(end - 1);
        long place = target.host() + last - geometry.alignDown(guest);
        if (movesWhole(target, last, place)) {
            return last + geometry.clusterSize();
        }
        long unit = geometry.subclusterSize();
        return end % unit == 0 || isInPlace(end - 1) ? end : (end | unit - 1) + 1;
    }

    /** Whether a subcluster has its data where it will be written to. */
    private boolean isInPlace(long guest) throws BlockException {
        Mapping mapping = image.find(guest, 1);
        return mapping.kind() == Kind.DATA && mapping.copied();
    }

    /** Whether all of the cluster is copied: without extended L2 entries always. */
    private boolean movesWhole(Target target, long cluster, long place) throws BlockException {
        if (!geometry.extendedL2()) {
            return true;
        }
        image.lock().lock();
        try {
            Table table = image.tables().read(image.tables().index(cluster));
            int entry = image.tables().entryAt(cluster);
            return Target.movesAll(table.getLong(entry), table.getLong(entry + 8), place);
        } finally {
            image.lock().unlock();
        }
    }

    /** Copies guest bytes {@code [from, to)} to the target, whose first cluster is {@code start}. */
    private void copy(Target target, long start, long from, long to) throws BlockException {
        if (from >= to) {
            return;
        }
        long place = target.host() + from - start;
        if (reader.isZero(from, to - from)) {
            if (!target.fresh()) {
                image.data().writeZeroes(place, to - from, WriteFlag.NONE);
            }
            return;
        }
        MemorySegment buffer = Buffers.take();
        try {
            for (long at = from; at < to; at += buffer.byteSize()) {
                MemorySegment part = buffer.asSlice(0, Math.min(buffer.byteSize(), to - at));
                reader.read(at, part);
                image.data().write(place + at - from, part, WriteFlag.NONE);
            }
        } finally {
            Buffers.give(buffer);
        }
    }
}

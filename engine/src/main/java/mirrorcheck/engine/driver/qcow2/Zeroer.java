// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.RangeLock;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.block.Zeroes;
import mirrorcheck.engine.host.Errno;

/**
 * Makes guest ranges read as zero, and discards them: changes L2 entries, without data where that
 * can be. What becomes of a cluster is what QEMU 11.1 makes of it.
 */
final class Zeroer {
    private static final Set<WriteFlag> MAY_UNMAP = Set.of(WriteFlag.MAY_UNMAP);

    private final Image image;
    private final Geometry geometry;
    private final Reader reader;
    private final Writer writer;
    private final Checkpoint checkpoint;

    Zeroer(Image image, Reader reader, Writer writer, Checkpoint checkpoint) {
        this.image = image;
        this.geometry = image.geometry();
        this.reader = reader;
        this.writer = writer;
        this.checkpoint = checkpoint;
    }

    /**
     * Makes a range read as zero.
     *
     * @param unmap whether host clusters may be given up; clusters without one get none either way
     * @param fast  whether to fail rather than write zero bytes
     * @throws BlockException EOPNOTSUPP for a version 2 image with a backing file, which has no
     *         way to say it, and with {@code fast} where bytes would be written
     */
    void zero(long guest, long bytes, boolean unmap, boolean fast) throws BlockException {
        image.beginWrite();
        if (!image.header().hasZeroClusters() && image.hidesBacking()) {
            throw new BlockException(Errno.EOPNOTSUPP, image.name()
                    + ": version 2 has no zero clusters to hide the backing file with");
        }
        RangeLock.Held held = image.ranges()
                .lock(geometry.alignDown(guest), geometry.alignUp(guest + bytes), true);
        try {
            zeroAlone(guest, guest + bytes, unmap, fast);
        } finally {
            image.ranges().unlock(held);
        }
    }

    private void zeroAlone(long guest, long end, boolean unmap, boolean fast)
            throws BlockException {
        long unit = geometry.subclusterSize();
        long firstUnit = guest & -unit;
        long lastUnit = end - 1 & -unit;
        long start = isZeroAround(firstUnit, guest, Math.min(end, firstUnit + unit))
                ? firstUnit : firstUnit + unit;
        long stop = isZeroAround(lastUnit, Math.max(guest, lastUnit), end)
                ? lastUnit + unit : lastUnit;
        if (fast && (guest < start || stop < end)) {
            throw new BlockException(Errno.EOPNOTSUPP, image.name() + ": write zeroes at " + guest
                    + ", " + (end - guest) + " bytes: zero bytes would have to be written: "
                    + "cluster size " + unit);
        }
        if (guest < start) {
            writeZeroBytes(guest, Math.min(end, start));
        }
        if (start < stop) {
            change(start, stop, new ToZero(unmap));
        }
        if (Math.max(stop, start) < end) {
            writeZeroBytes(Math.max(stop, start), end);
        }
    }

    /** Whether the rest of a unit reads as zero, so that all of it can. */
    private boolean isZeroAround(long unitStart, long from, long to) throws BlockException {
        long unitEnd = unitStart + geometry.subclusterSize();
        return (from == unitStart || reader.isZero(unitStart, from - unitStart))
                && (to >= Math.min(unitEnd, image.length()) || reader.isZero(to, unitEnd - to));
    }

    /** Writes zero bytes; the caller has the range for itself. */
    void writeZeroBytes(long from, long to) throws BlockException {
        MemorySegment zeroes = Zeroes.bytes();
        for (long at = from; at < to; at += zeroes.byteSize()) {
            writer.writeAlone(at, zeroes.asSlice(0, Math.min(zeroes.byteSize(), to - at)));
        }
    }

    /** Gives up the clusters that lie wholly inside of a range. */
    void discard(long guest, long bytes) throws BlockException {
        image.beginWrite();
        long end = guest + bytes;
        long start = geometry.alignUp(guest);
        long stop = end == image.length() ? geometry.alignUp(end) : geometry.alignDown(end);
        if (start >= stop || !image.header().hasZeroClusters() && image.hidesBacking()) {
            // Version 2 above a backing file: what is below would come to light.
            return;
        }
        RangeLock.Held held = image.ranges().lock(start, stop, true);
        try {
            change(start, stop, new ToNothing());
        } finally {
            image.ranges().unlock(held);
        }
    }

    /** Unallocates all clusters behind the end of a device that was made shorter. */
    void cut(long from, long to) throws BlockException {
        RangeLock.Held held = image.ranges().lock(from, to, true);
        try {
            change(from, to, new ToUnallocated());
        } finally {
            image.ranges().unlock(held);
        }
    }

    /** What becomes of the entries of a range. */
    private interface Change {
        /** Whether it makes nothing of clusters without an L2 table. */
        boolean skipsAbsentTables();

        /**
         * Changes one entry; under the metadata lock.
         *
         * @param subclusters the part of the cluster, as bits of the allocation status
         */
        void apply(Table table, int entry, long guest, long subclusters) throws BlockException;
    }

    private void change(long start, long stop, Change change) throws BlockException {
        for (long at = start; at < stop;) {
            long part = Math.min(stop, (at & -geometry.l2Span()) + geometry.l2Span());
            image.lock().lock();
            try {
                int index = image.tables().index(at);
                if (image.tables().has(index) || !change.skipsAbsentTables()) {
                    changeInTable(index, at, part, change);
                }
            } finally {
                image.lock().unlock();
            }
            checkpoint.runIfDue();
            at = part;
        }
    }

    private void changeInTable(int index, long start, long stop, Change change)
            throws BlockException {
        Table table = image.tables().write(index);
        long cluster = geometry.clusterSize();
        for (long at = start; at < stop;) {
            long clusterStart = geometry.alignDown(at);
            long to = Math.min(stop, clusterStart + cluster);
            long unit = geometry.subclusterSize();
            // Refuses entries that no image may have, before anything refers to their cluster.
            image.mapper().find(at, 1);
            change.apply(table, image.tables().entryAt(at), clusterStart,
                    L2Entry.subclusters((int) ((at - clusterStart) / unit),
                            (int) ((to - clusterStart) / unit)));
            at = to;
        }
    }

    private void set(Table table, int entry, long descriptor, long bitmap) {
        if (table.getLong(entry) != descriptor) {
            table.setLong(entry, descriptor);
        }
        if (geometry.extendedL2() && table.getLong(entry + 8) != bitmap) {
            table.setLong(entry + 8, bitmap);
        }
    }

    private void free(long descriptor, boolean discard) {
        if (!image.hasDataFile()) {
            Entries.free(image, descriptor, discard);
        }
    }

    private boolean hasHost(long descriptor) {
        return L2Entry.host(descriptor) != 0
                || image.hasDataFile() && L2Entry.isCopied(descriptor);
    }

    /** The entry of a zero cluster without a host cluster. */
    private void setZero(Table table, int entry) {
        if (!image.header().hasZeroClusters()) {
            set(table, entry, 0, 0);
        } else if (geometry.extendedL2()) {
            set(table, entry, 0, L2Entry.ALL_ZERO);
        } else {
            set(table, entry, L2Entry.ZERO, 0);
        }
    }

    private final class ToZero implements Change {
        private final boolean unmap;

        ToZero(boolean unmap) {
            this.unmap = unmap;
        }

        @Override
        public boolean skipsAbsentTables() {
            return !image.header().hasZeroClusters();
        }

        @Override
        public void apply(Table table, int entry, long guest, long subclusters)
                throws BlockException {
            long old = table.getLong(entry);
            zeroDataFile(guest, subclusters);
            if (geometry.extendedL2() && subclusters != L2Entry.ALL_ALLOCATED) {
                zeroSome(table, entry, guest, subclusters);
            } else if (!unmap && hasHost(old) && L2Entry.isCopied(old)
                    && image.header().hasZeroClusters()) {
                long zero = geometry.extendedL2() ? 0 : L2Entry.ZERO;
                set(table, entry, old | zero, L2Entry.ALL_ZERO);
            } else {
                free(old, unmap);
                setZero(table, entry);
            }
        }

        private void zeroSome(Table table, int entry, long guest, long subclusters)
                throws BlockException {
            if (L2Entry.isCompressed(table.getLong(entry))) {
                throw new BlockException(Errno.EOPNOTSUPP, image.name() + ": cluster at " + guest
                        + ": compressed, zeroes only as a whole");
            }
            long bitmap = table.getLong(entry + 8);
            set(table, entry, table.getLong(entry), bitmap & ~subclusters | subclusters << 32);
        }

        /** Zeroes the data file where it is to be valid without the metadata, or may be unmapped. */
        private void zeroDataFile(long guest, long subclusters) throws BlockException {
            if (!image.hasDataFile() || !unmap && !image.header().isDataFileRaw()) {
                return;
            }
            long unit = geometry.subclusterSize();
            long from = guest + Long.numberOfTrailingZeros(subclusters) * unit;
            long to = Math.min(guest + (Long.SIZE - Long.numberOfLeadingZeros(subclusters)) * unit,
                    image.data().length());
            if (from < to) {
                image.data().writeZeroes(from, to - from, unmap ? MAY_UNMAP : WriteFlag.NONE);
            }
        }
    }

    private final class ToNothing implements Change {
        private final ToZero toZero = new ToZero(true);

        @Override
        public boolean skipsAbsentTables() {
            return image.backing() == null;
        }

        @Override
        public void apply(Table table, int entry, long guest, long subclusters)
                throws BlockException {
            boolean unallocated = table.getLong(entry) == 0
                    && (!geometry.extendedL2() || table.getLong(entry + 8) == 0);
            if (!unallocated || image.backing() != null) {
                toZero.apply(table, entry, guest, subclusters);
            }
        }
    }

    private final class ToUnallocated implements Change {
        @Override
        public boolean skipsAbsentTables() {
            return true;
        }

        @Override
        public void apply(Table table, int entry, long guest, long subclusters) {
            free(table.getLong(entry), true);
            set(table, entry, 0, 0);
        }
    }
}

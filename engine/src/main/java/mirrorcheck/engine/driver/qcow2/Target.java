// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import mirrorcheck.engine.block.BlockException;

/**
 * Where the beginning of a write goes that the mapping has no place for yet.
 *
 * @param host  where the first cluster of it is or will be in the data file
 * @param bytes how much of the write it takes
 * @param taken clusters that were taken for it, 0 if the cluster was there
 * @param fresh whether they read as zero
 */
record Target(long host, long bytes, long taken, boolean fresh) {
    /** Finds or takes a place, under the metadata lock. */
    static Target choose(Image image, long guest, long most) throws BlockException {
        Geometry geometry = image.geometry();
        long start = geometry.alignDown(guest);
        // From here on the L2 table is there and can be changed.
        Table table = image.tables().write(image.tables().index(guest));
        long inCluster = geometry.clusterSize() - (guest - start);
        if (hasPlace(image, table, guest)) {
            long host = image.hasDataFile() ? start : hostOf(image, table, guest);
            image.checkOverwrite(guest, host, geometry.clusterSize());
            return new Target(host, Math.min(most, inCluster), 0, false);
        }
        if (image.hasDataFile()) {
            return new Target(start, Math.min(most, inCluster), 0, false);
        }
        Refcounts.Run run =
                image.refcounts().take(missingClusters(image, table, guest, most));
        long bytes = (run.count() << geometry.clusterBits()) - (guest - start);
        return new Target(run.cluster() << geometry.clusterBits(), Math.min(most, bytes),
                run.count(), run.fresh());
    }

    private static long hostOf(Image image, Table table, long guest) {
        return L2Entry.host(table.getLong(image.tables().entryAt(guest)));
    }

    /** Whether the cluster has a host cluster that the image may write to. */
    private static boolean hasPlace(Image image, Table table, long guest) throws BlockException {
        image.mapper().find(guest, 1);
        long descriptor = table.getLong(image.tables().entryAt(guest));
        return !L2Entry.isCompressed(descriptor) && L2Entry.isCopied(descriptor)
                && (L2Entry.host(descriptor) != 0 || image.hasDataFile());
    }

    /** How many clusters in a row, of those that the write touches, need a place. */
    private static long missingClusters(Image image, Table table, long guest, long most)
            throws BlockException {
        Geometry geometry = image.geometry();
        long cluster = geometry.clusterSize();
        long start = geometry.alignDown(guest);
        long tableEnd = (guest & -geometry.l2Span()) + geometry.l2Span();
        long end = Math.min(tableEnd, geometry.alignUp(guest + most));
        long next = start + cluster;
        while (next < end && !hasPlace(image, table, next)) {
            next += cluster;
        }
        return next - start >> geometry.clusterBits();
    }

    /** Makes the L2 entries name the place, under the metadata lock. */
    void link(Image image, long guest) throws BlockException {
        Geometry geometry = image.geometry();
        Table table = image.tables().write(image.tables().index(guest));
        long end = guest + bytes;
        long place = host;
        for (long at = geometry.alignDown(guest); at < end; at += geometry.clusterSize()) {
            int entry = image.tables().entryAt(at);
            long old = table.getLong(entry);
            table.setLong(entry, place | L2Entry.COPIED);
            if (geometry.extendedL2()) {
                long bitmap = table.getLong(entry + 8);
                boolean whole = movesAll(old, bitmap, place);
                long written = whole ? L2Entry.ALL_ALLOCATED : touched(geometry, at, guest, end);
                long before = whole ? 0 : bitmap;
                table.setLong(entry + 8, (before | written) & ~(written << 32));
            }
            if (!image.hasDataFile() && (L2Entry.isCompressed(old) || L2Entry.host(old) != place)) {
                Entries.free(image, old, false);
            }
            place += geometry.clusterSize();
        }
    }

    /** Whether an extended cluster goes to another place with data, all of which is then copied. */
    static boolean movesAll(long descriptor, long bitmap, long place) {
        return L2Entry.isCompressed(descriptor) || L2Entry.host(descriptor) != place
                && (bitmap & L2Entry.ALL_ALLOCATED) != 0;
    }

    /** The subclusters of the cluster at {@code at} that the write touches. */
    private static long touched(Geometry geometry, long at, long guest, long end) {
        long size = geometry.subclusterSize();
        long from = Math.max(0, guest - at) / size;
        long to = Math.min(Geometry.SUBCLUSTERS, (end - at + size - 1) / size);
        return L2Entry.subclusters((int) from, (int) to);
    }

    /** Frees what was taken for a write that failed. */
    void giveBack(Image image) throws BlockException {
        if (taken > 0) {
            image.lock().lock();
            try {
                image.refcounts().release(host >> image.geometry().clusterBits(), taken);
            } finally {
                image.lock().unlock();
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import mirrorcheck.engine.block.BlockException;

/** Reads L2 entries: what is known of a guest range. Guarded by the metadata lock. */
final class Mapper {
    private final Image image;
    private final Geometry geometry;

    Mapper(Image image) {
        this.image = image;
        this.geometry = image.geometry();
    }

    /**
     * The longest run from {@code guest} on that one L2 table maps alike; a whole table that is not
     * there is one run.
     *
     * @param most bytes to look at; greater than 0
     */
    Mapping find(long guest, long most) throws BlockException {
        L2Tables tables = image.tables();
        int index = tables.index(guest);
        long within = guest & geometry.l2Span() - 1;
        long limit = Math.min(most, geometry.l2Span() - within);
        Table table = tables.read(index);
        if (table == null) {
            return new Mapping(Kind.UNALLOCATED, 0, limit, false, 0);
        }
        long unit = geometry.subclusterSize();
        long inUnit = guest & unit - 1;
        Mapping first = at(table, guest);
        if (first.kind() == Kind.COMPRESSED) {
            long inCluster = guest & geometry.clusterSize() - 1;
            return new Mapping(Kind.COMPRESSED, first.host(),
                    Math.min(limit, geometry.clusterSize() - inCluster), false,
                    first.descriptor());
        }
        long bytes = passAlike(table, guest, unit - inUnit, limit, first.kind());
        while (bytes < limit && continues(first, bytes, at(table, guest + bytes))) {
            bytes = passAlike(table, guest, bytes + unit, limit, first.kind());
        }
        return new Mapping(first.kind(), first.host(), Math.min(bytes, limit), first.copied(),
                first.descriptor());
    }

    /**
     * Passes the clusters whose entries only repeat the one before, at the next host cluster if
     * there is one: most of a large image is like that, and to look closely at each entry would
     * take longer than to read the table.
     *
     * @param bytes how far from {@code guest} everything is known to be of this kind; more than 0
     * @return how far it is then known, at most one cluster past {@code limit}
     */
    private long passAlike(Table table, long guest, long bytes, long limit, Kind kind) {
        boolean hosted = kind == Kind.DATA || kind == Kind.ZERO_ALLOCATED;
        if (bytes >= limit || !geometry.isAligned(guest + bytes)) {
            return bytes;
        }
        int entryBytes = geometry.entryBytes();
        int entry = image.tables().entryAt(guest + bytes);
        long last = table.getLong(entry - entryBytes);
        // The next host offset must not grow into the bits above it.
        boolean strange = !hosted && (last & ~L2Entry.ZERO) != 0
                || L2Entry.host(last) + geometry.alignUp(limit) > L2Entry.OFFSET_MASK;
        boolean extended = geometry.extendedL2();
        long bitmap = extended ? table.getLong(entry - 8) : 0;
        if (strange || extended && !L2Entry.isUniform(bitmap)) {
            return bytes;
        }
        long step = hosted ? geometry.clusterSize() : 0;
        long passed = bytes;
        while (passed < limit && table.getLong(entry) == last + step
                && (!extended || table.getLong(entry + 8) == bitmap)) {
            last += step;
            entry += entryBytes;
            passed += geometry.clusterSize();
        }
        return passed;
    }

    private static boolean continues(Mapping first, long bytes, Mapping next) {
        if (next.kind() != first.kind()) {
            return false;
        }
        return switch (first.kind()) {
            case UNALLOCATED, ZERO -> true;
            case DATA, ZERO_ALLOCATED -> next.host() == first.host() + bytes
                    && next.copied() == first.copied();
            case COMPRESSED -> false;
        };
    }

    /** What the entry says of the one byte. */
    private Mapping at(Table table, long guest) throws BlockException {
        int entry = image.tables().entryAt(guest);
        long descriptor = table.getLong(entry);
        if (L2Entry.isCompressed(descriptor)) {
            refuseCompressed(guest);
            return new Mapping(Kind.COMPRESSED, 0, 1, false, descriptor);
        }
        long host = L2Entry.host(descriptor);
        boolean copied = L2Entry.isCopied(descriptor);
        boolean hasHost = host != 0 || copied && image.hasDataFile();
        Kind kind = geometry.extendedL2()
                ? subcluster(table.getLong(entry + 8), guest, hasHost)
                : cluster(descriptor, hasHost);
        if (!hasHost) {
            return new Mapping(kind, 0, 1, false, descriptor);
        }
        checkHost(guest, host);
        return new Mapping(kind, host + (guest & geometry.clusterSize() - 1), 1, copied,
                descriptor);
    }

    private Kind cluster(long descriptor, boolean hasHost) {
        boolean zero = (descriptor & L2Entry.ZERO) != 0 && image.header().hasZeroClusters();
        if (zero) {
            return hasHost ? Kind.ZERO_ALLOCATED : Kind.ZERO;
        }
        return hasHost ? Kind.DATA : Kind.UNALLOCATED;
    }

    private Kind subcluster(long bitmap, long guest, boolean hasHost) throws BlockException {
        long index = (guest & geometry.clusterSize() - 1) / geometry.subclusterSize();
        boolean allocated = (bitmap >>> index & 1) != 0;
        boolean zero = (bitmap >>> index + Geometry.SUBCLUSTERS & 1) != 0;
        if (allocated && (zero || !hasHost)) {
            throw image.corrupt(entry(guest) + ": subcluster " + index + ": allocated, "
                    + (zero ? "and reads as zero" : "without a host cluster"));
        }
        if (zero) {
            return hasHost ? Kind.ZERO_ALLOCATED : Kind.ZERO;
        }
        return allocated ? Kind.DATA : Kind.UNALLOCATED;
    }

    private void checkHost(long guest, long host) throws BlockException {
        if (!geometry.isAligned(host)) {
            throw image.corrupt(entry(guest) + ": host offset " + host
                    + ": not a multiple of the cluster size " + geometry.clusterSize());
        }
        if (image.hasDataFile() && host != geometry.alignDown(guest)) {
            throw image.corrupt(entry(guest) + ": host offset " + host
                    + ": must be the guest offset " + geometry.alignDown(guest)
                    + " in an external data file");
        }
    }

    private void refuseCompressed(long guest) throws BlockException {
        if (image.hasDataFile()) {
            throw image.corrupt(entry(guest) + ": compressed, with an external data file");
        }
    }

    /** Names an entry in messages. */
    String entry(long guest) {
        return "L2 entry of guest offset " + geometry.alignDown(guest);
    }
}

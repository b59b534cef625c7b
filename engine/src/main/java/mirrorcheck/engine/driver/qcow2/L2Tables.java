// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.BlockException;

/**
 * The active L1 table and the L2 tables used last: from a guest offset to its L2 entry. Guarded by
 * the metadata lock.
 */
final class L2Tables {
    /** L2 tables kept in memory, in bytes: maps 256 GiB in clusters of 64 KiB. */
    private static final int CACHE_BYTES = 32 << 20;

    private final Image image;
    private final Geometry geometry;
    private final TableCache<Integer> tables = new TableCache<>(CACHE_BYTES);
    private Table l1;
    private boolean l1Moved;
    private int l1Entries;

    /** Reads the active L1 table. */
    L2Tables(Image image) throws BlockException {
        this.image = image;
        geometry = image.geometry();
        l1Entries = image.header().l1Size();
        long offset = image.header().l1TableOffset();
        l1 = new Table(offset, l1Entries == 0 ? new byte[0]
                : image.file().read(offset, l1Entries * 8), false);
    }

    int l1Entries() {
        return l1Entries;
    }

    long l1Entry(int index) {
        return l1.getLong(index * 8);
    }

    long l1Offset() {
        return l1.offset();
    }

    long l1Clusters() {
        return geometry.alignUp(l1Entries * 8L) >> geometry.clusterBits();
    }

    int index(long guest) {
        return (int) (guest >>> geometry.l1Shift());
    }

    /** Where the entry of a guest offset begins in its L2 table, in bytes. */
    int entryAt(long guest) {
        long cluster = guest >>> geometry.clusterBits();
        return (int) (cluster & geometry.l2Entries() - 1) * geometry.entryBytes();
    }

    /** Whether an L2 table is there, without reading it. */
    boolean has(int index) {
        return L2Entry.host(l1Entry(index)) != 0;
    }

    /** The L2 table, or null if there is none. */
    Table read(int index) throws BlockException {
        Table table = tables.get(index);
        if (table != null || !has(index)) {
            return table;
        }
        long offset = L2Entry.host(l1Entry(index));
        String what = "L1 entry " + index;
        if (!geometry.isAligned(offset)) {
            throw image.corrupt(what + ": L2 table at " + offset
                    + ": not a multiple of the cluster size " + geometry.clusterSize());
        }
        image.checkInFile(what, offset);
        table = new Table(offset, image.file().read(offset, geometry.clusterSize()), false);
        tables.put(index, table);
        return table;
    }

    /**
     * The L2 table for writing: a new one if there is none, a copy if snapshots share it.
     *
     * @throws BlockException ENOSPC and others; the table is as it was
     */
    Table write(int index) throws BlockException {
        Table table = read(index);
        if (table != null && L2Entry.isCopied(l1Entry(index))) {
            if (!table.isFresh() && !table.isDirty()) {
                image.checkOwned("L1 entry " + index, table.offset());
            }
            return table;
        }
        Refcounts.Run run = image.refcounts().take(1);
        long offset = run.cluster() << geometry.clusterBits();
        byte[] content = table == null ? new byte[geometry.clusterSize()] : table.bytes().clone();
        if (table != null) {
            image.metadata().removeAll(table.offset() >> geometry.clusterBits(), 1);
            image.frees().add(table.offset() >> geometry.clusterBits(), 1, false);
        }
        Table copy = new Table(offset, content, true);
        tables.put(index, copy);
        image.metadata().add(run.cluster());
        l1.setLong(index * 8, offset | L2Entry.COPIED);
        return copy;
    }

    /** Gives the L1 table room for more entries, moving it if its clusters are full. */
    void grow(int entries) throws BlockException {
        if (entries <= l1Entries) {
            return;
        }
        int bytes = (int) geometry.alignUp(entries * 8L);
        Refcounts.Run run = image.refcounts().takeAdjacent(bytes >> geometry.clusterBits());
        long oldOffset = l1.offset();
        long oldClusters = l1Clusters();
        byte[] content = new byte[bytes];
        System.arraycopy(l1.bytes(), 0, content, 0, l1Entries * 8);
        l1 = new Table(run.cluster() << geometry.clusterBits(), content, true);
        l1Entries = entries;
        l1Moved = true;
        image.metadata().addAll(run.cluster(), run.count());
        if (oldClusters > 0) {
            image.metadata().removeAll(oldOffset >> geometry.clusterBits(), oldClusters);
            image.frees().add(oldOffset >> geometry.clusterBits(), oldClusters, false);
        }
    }

    /**
     * Copies what the file does not have.
     *
     * @param fresh whether to take the tables that nothing in the file refers to, or the others
     */
    List<Table.Save> saveTables(boolean fresh) {
        List<Table.Save> saves = new ArrayList<>();
        for (Map.Entry<Integer, Table> each : tables.dirty()) {
            if (each.getValue().isFresh() == fresh) {
                saves.add(each.getValue().beginSave());
            }
        }
        return saves;
    }

    /** The part of the L1 table that the file does not have, or null. */
    Table.Save saveL1() {
        return l1.isDirty() ? l1.beginSave() : null;
    }

    /** Whether the header does not know yet where the L1 table is; asking answers it. */
    boolean takeL1Moved() {
        boolean was = l1Moved;
        l1Moved = false;
        return was;
    }

    void l1NotMoved() {
        l1Moved = true;
    }

    long excessBytes() {
        return tables.excess();
    }

    void shrink() {
        tables.shrink();
    }
}

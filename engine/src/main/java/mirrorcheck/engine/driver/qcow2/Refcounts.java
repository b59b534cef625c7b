// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;

/**
 * Which clusters of the file are in use, and by how many: the refcount table and its blocks. A
 * cluster that is taken gets its refcount at once, in memory; {@link Checkpoint} brings it to the
 * file. Guarded by the metadata lock; only images open for writing have one.
 *
 * <pre>
 * refcount table entry   63 ... 9 offset of the refcount block, 0: none | 8 ... 0 reserved
 * </pre>
 */
final class Refcounts {
    private static final long OFFSET_MASK = ~0x1ffL;
    /** Refcount blocks kept in memory, in bytes; those that are dirty are kept beyond. */
    private static final int CACHE_BYTES = 4 << 20;

    /**
     * Clusters that were taken.
     *
     * @param fresh whether they read as zero
     */
    record Run(long cluster, long count, boolean fresh) {
    }

    private final Image image;
    private final Geometry geometry;
    private final RefcountBits bits;
    private final int perBlock;
    private final TableCache<Integer> blocks;
    /** The table; its size in memory is its size in the file. */
    private long[] table;
    private long tableOffset;
    /** Whether the table is at a place that the header does not know yet. */
    private boolean moved;
    private int dirtyFrom = Integer.MAX_VALUE;
    private int dirtyTo;
    /** No cluster before this one is free. */
    private long next = 1;

    /** Reads the refcount table. */
    Refcounts(Image image) throws BlockException {
        this.image = image;
        geometry = image.geometry();
        bits = new RefcountBits(geometry.refcountOrder());
        perBlock = geometry.refcountsPerBlock();
        blocks = new TableCache<>(CACHE_BYTES);
        Header header = image.header();
        tableOffset = header.refcountTableOffset();
        int clusterBytes = header.refcountTableClusters() << geometry.clusterBits();
        Table read = new Table(tableOffset, image.file().read(tableOffset, clusterBytes), false);
        table = new long[clusterBytes / 8];
        for (int i = 0; i < table.length; i++) {
            table[i] = read.getLong(i * 8);
        }
    }

    long tableOffset() {
        return tableOffset;
    }

    int tableClusters() {
        return table.length * 8 >> geometry.clusterBits();
    }

    /** Where the refcount blocks are, as the table has it. */
    long[] blockOffsets() {
        return Arrays.stream(table).filter(entry -> entry != 0).toArray();
    }

    /** How many references a cluster has. */
    long get(long cluster) throws BlockException {
        long block = cluster / perBlock;
        if (block >= table.length || table[(int) block] == 0) {
            return 0;
        }
        return bits.get(block((int) block).bytes(), (int) (cluster % perBlock));
    }

    private Table block(int index) throws BlockException {
        Table block = blocks.get(index);
        if (block == null) {
            long offset = table[index] & OFFSET_MASK;
            String what = "refcount table entry " + index;
            if (offset != table[index] || !geometry.isAligned(offset)) {
                throw image.corrupt(what + ": offset " + Long.toUnsignedString(table[index])
                        + ": not a multiple of the cluster size " + geometry.clusterSize());
            }
            image.checkInFile(what, offset);
            block = new Table(offset, image.file().read(offset, geometry.clusterSize()), false);
            blocks.put(index, block);
        }
        return block;
    }

    /** Takes up to {@code most} adjacent free clusters, at least one. */
    Run take(long most) throws BlockException {
        long first = firstFree(next);
        Table block = blockFor(first);
        if (bits.get(block.bytes(), (int) (first % perBlock)) != 0) {
            // The new block took the cluster for itself.
            first = firstFree(first);
            block = blockFor(first);
        }
        int index = (int) (first % perBlock);
        int count = 1;
        while (count < most && index + count < perBlock
                && bits.get(block.bytes(), index + count) == 0) {
            count++;
        }
        next = first;
        return claim(first, count);
    }

    /** Takes exactly {@code count} adjacent clusters. */
    Run takeAdjacent(int count) throws BlockException {
        if (count == 1) {
            return take(1);
        }
        if (count >= perBlock) {
            return takeWithBlocks(count);
        }
        long first = next;
        long run = 0;
        while (run < count) {
            long candidate = firstFree(first + run);
            if (candidate != first + run) {
                first = candidate;
                run = 0;
            }
            long owner = first + run;
            blockFor(owner);
            // A block that was made for the run may have taken its first cluster.
            run = get(owner) == 0 ? run + 1 : 0;
            first = run == 0 ? owner + 1 : first;
        }
        return claim(first, count);
    }

    /**
     * Takes more adjacent clusters than one block counts: behind all blocks there are, with the
     * blocks that count them behind them.
     */
    private Run takeWithBlocks(int count) throws BlockException {
        int last = table.length;
        while (last > 0 && table[last - 1] == 0) {
            last--;
        }
        int fresh = 0;
        while ((long) fresh * perBlock < (long) count + fresh) {
            fresh = Math.ceilDiv(count + fresh, perBlock);
        }
        if (last + fresh > table.length) {
            growTable(last + fresh);
            return takeWithBlocks(count);
        }
        long first = (long) last * perBlock;
        image.checkFree(first, count + fresh);
        long start = first << geometry.clusterBits();
        image.file().extend(start, start + ((long) count + fresh << geometry.clusterBits()));
        for (int i = 0; i < fresh; i++) {
            long offset = first + count + i << geometry.clusterBits();
            blocks.put(last + i, new Table(offset, new byte[geometry.clusterSize()], true));
            setTable(last + i, offset);
            image.metadata().add(first + count + i);
        }
        for (long cluster = first; cluster < first + count + fresh; cluster++) {
            bits.set(block((int) (cluster / perBlock)), (int) (cluster % perBlock), 1);
        }
        return new Run(first, count, true);
    }

    private Run claim(long first, long count) throws BlockException {
        long start = first << geometry.clusterBits();
        image.checkFree(first, count);
        boolean fresh = image.file().extend(start, start + (count << geometry.clusterBits()));
        for (long cluster = first; cluster < first + count; cluster++) {
            Table block = block((int) (cluster / perBlock));
            bits.set(block, (int) (cluster % perBlock), 1);
        }
        if (first == next) {
            next = first + count;
        }
        return new Run(first, count, fresh);
    }

    private long firstFree(long from) throws BlockException {
        long cluster = from;
        while (cluster / perBlock < table.length) {
            int block = (int) (cluster / perBlock);
            if (table[block] == 0) {
                return cluster;
            }
            byte[] bytes = block(block).bytes();
            for (int i = (int) (cluster % perBlock); i < perBlock; i++) {
                if (bits.get(bytes, i) == 0) {
                    return (long) block * perBlock + i;
                }
            }
            cluster = (block + 1L) * perBlock;
        }
        return cluster;
    }

    /** The block that counts a cluster which is free; made if it is missing. */
    private Table blockFor(long cluster) throws BlockException {
        long index = cluster / perBlock;
        if (index >= table.length) {
            growTable(index);
        }
        if (table[(int) index] != 0) {
            return block((int) index);
        }
        // It counts itself.
        long offset = cluster << geometry.clusterBits();
        image.checkFree(cluster, 1);
        image.file().extend(offset, offset + geometry.clusterSize());
        Table block = new Table(offset, new byte[geometry.clusterSize()], true);
        bits.set(block, (int) (cluster % perBlock), 1);
        blocks.put((int) index, block);
        setTable((int) index, offset);
        image.metadata().add(cluster);
        return block;
    }

    private void setTable(int index, long offset) {
        table[index] = offset;
        dirtyFrom = Math.min(dirtyFrom, index);
        dirtyTo = Math.max(dirtyTo, index + 1);
    }

    /** Moves the table to where it has room for entry {@code index} and as many again. */
    private void growTable(long index) throws BlockException {
        long bytes = geometry.alignUp(2 * (index + 1) * 8);
        int clusters = (int) (bytes >> geometry.clusterBits());
        if (bytes > Header.MAX_REFCOUNT_TABLE_BYTES) {
            bytes = Header.MAX_REFCOUNT_TABLE_BYTES;
            clusters = (int) (bytes >> geometry.clusterBits());
        }
        if (index >= bytes / 8) {
            throw new BlockException(Errno.EFBIG, image.name() + ": refcount table: cluster "
                    + index * perBlock + " cannot be counted in "
                    + Header.MAX_REFCOUNT_TABLE_BYTES + " bytes");
        }
        long[] old = table;
        long oldOffset = tableOffset;
        int oldClusters = tableClusters();
        table = Arrays.copyOf(table, (int) (bytes / 8));
        Run run;
        try {
            run = takeAdjacent(clusters);
        } catch (BlockException e) {
            // Blocks made on the way stay in the longer table, which has no place: undo them all.
            forget(old);
            throw e;
        }
        tableOffset = run.cluster() << geometry.clusterBits();
        moved = true;
        image.metadata().addAll(run.cluster(), run.count());
        image.metadata().removeAll(oldOffset >> geometry.clusterBits(), oldClusters);
        image.frees().add(oldOffset >> geometry.clusterBits(), oldClusters, false);
    }

    private void forget(long[] old) {
        for (int i = old.length; i < table.length; i++) {
            if (table[i] != 0) {
                blocks.remove(i);
                image.metadata().removeAll(table[i] >> geometry.clusterBits(), 1);
            }
        }
        table = old;
        dirtyTo = Math.min(dirtyTo, old.length);
    }

    /** Takes a reference away, or gives back clusters that nothing has referred to yet. */
    void release(long cluster, long count) throws BlockException {
        for (long each = cluster; each < cluster + count; each++) {
            long now = get(each);
            if (now == 0) {
                throw image.corrupt("cluster " + each + ": refcount 0: freed, but not in use");
            }
            bits.set(block((int) (each / perBlock)), (int) (each % perBlock), now - 1);
            if (now == 1) {
                next = Math.min(next, each);
            }
        }
    }

    List<Table.Save> saveBlocks() {
        List<Table.Save> saves = new ArrayList<>();
        for (Map.Entry<Integer, Table> each : blocks.dirty()) {
            saves.add(each.getValue().beginSave());
        }
        return saves;
    }

    /** The part of the table that the file does not have, or null. */
    TableSave saveTable() {
        if (!moved && dirtyTo == 0) {
            return null;
        }
        int from = moved ? 0 : dirtyFrom & -64;
        int to = moved ? table.length : Math.min(table.length, dirtyTo + 63 & -64);
        Table copy = new Table(0, new byte[(to - from) * 8], false);
        for (int i = from; i < to; i++) {
            copy.setLong((i - from) * 8, table[i]);
        }
        TableSave save = new TableSave(tableOffset + from * 8L, copy.bytes(), moved, tableOffset,
                tableClusters(), from, to);
        moved = false;
        dirtyFrom = Integer.MAX_VALUE;
        dirtyTo = 0;
        return save;
    }

    /** A part of the table on its way to the file. */
    record TableSave(long offset, byte[] bytes, boolean moved, long tableOffset, int clusters,
            int from, int to) {
    }

    /** The save failed: all of it is to be done again. */
    void unsaved(TableSave save) {
        moved |= save.moved();
        dirtyFrom = Math.min(dirtyFrom, save.from());
        dirtyTo = Math.max(dirtyTo, save.to());
    }

    /** Bytes of blocks held beyond the bound because they are dirty. */
    long excessBytes() {
        return blocks.excess();
    }

    /** Forgets what was only kept because it was dirty. */
    void shrink() {
        blocks.shrink();
    }
}

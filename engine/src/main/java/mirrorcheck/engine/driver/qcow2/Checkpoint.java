// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.block.BlockException;

/**
 * Brings the metadata to the file, in an order that leaves an image which at worst leaks clusters,
 * wherever it is cut off.
 *
 * <pre>
 * 1 refcount blocks, new L2 tables, a moved L1 table   nothing durable refers to what is new
 *   - flush: these, and guest data written before -
 * 2 refcount table, and the header if it moved         new blocks count
 *   - flush, if there was anything -
 * 3 L2 tables, the L1 table, the header if it moved    what is referred to counts and has its data
 *   - flush -
 * 4 refcounts of what is no longer referred to go down, freed clusters are discarded
 * </pre>
 *
 * <p>One checkpoint at a time; requests go on meanwhile, and what they change is part of the next.
 */
final class Checkpoint {
    private final Image image;
    private final ReentrantLock running = new ReentrantLock();

    Checkpoint(Image image) {
        this.image = image;
    }

    /** Makes all that finished before the call durable. */
    void run() throws BlockException {
        running.lock();
        try {
            image.checkUsable();
            Batch batch = locked(this::take);
            boolean durable = false;
            try {
                write(batch);
                durable = true;
            } finally {
                boolean written = durable;
                locked(() -> end(batch, written));
            }
            free(batch.frees());
        } finally {
            running.unlock();
        }
    }

    /** Runs if there is more in memory than there should be. */
    void runIfDue() throws BlockException {
        boolean due;
        image.lock().lock();
        try {
            due = image.tables().excessBytes() > 0 || image.refcounts().excessBytes() > 0
                    || image.frees().isMany(image.geometry().clusterBits());
        } finally {
            image.lock().unlock();
        }
        if (due) {
            run();
        }
    }

    /** What one checkpoint brings to the file. */
    private record Batch(List<Table.Save> blocks, List<Table.Save> freshTables,
            Refcounts.TableSave refcountTable, List<Table.Save> tables, Table.Save l1,
            boolean l1Moved, int l1Entries, List<PendingFrees.Range> frees) {
        boolean isLinked() {
            return !tables.isEmpty() || l1 != null || l1Moved;
        }
    }

    private interface Task<T> {
        T run() throws BlockException;
    }

    private <T> T locked(Task<T> task) throws BlockException {
        image.lock().lock();
        try {
            return task.run();
        } finally {
            image.lock().unlock();
        }
    }

    private Batch take() {
        L2Tables tables = image.tables();
        Refcounts refcounts = image.refcounts();
        return new Batch(refcounts.saveBlocks(), tables.saveTables(true), refcounts.saveTable(),
                tables.saveTables(false), tables.saveL1(), tables.takeL1Moved(),
                tables.l1Entries(), image.frees().take());
    }

    private void write(Batch batch) throws BlockException {
        write(batch.blocks());
        write(batch.freshTables());
        if (batch.l1Moved()) {
            write(List.of(batch.l1()));
        }
        if (image.hasDataFile()) {
            image.data().flush();
        }
        image.file().node().flush();
        Refcounts.TableSave table = batch.refcountTable();
        if (table != null) {
            image.file().write(table.offset(), table.bytes());
            if (table.moved()) {
                image.file().node().flush();
                image.file().write(Header.REFCOUNT_TABLE_AT, ByteBuffer.allocate(12)
                        .putLong(table.tableOffset()).putInt(table.clusters()).array());
            }
            image.file().node().flush();
        }
        if (batch.isLinked()) {
            write(batch.tables());
            if (batch.l1Moved()) {
                image.file().write(Header.L1_SIZE_AT, ByteBuffer.allocate(12)
                        .putInt(batch.l1Entries()).putLong(batch.l1().offset()).array());
            } else if (batch.l1() != null) {
                write(List.of(batch.l1()));
            }
            image.file().node().flush();
        }
    }

    private void write(List<Table.Save> saves) throws BlockException {
        for (Table.Save save : saves) {
            image.file().write(save.offset(), save.copy());
        }
    }

    private Void end(Batch batch, boolean written) {
        batch.blocks().forEach(save -> save.end(written));
        batch.freshTables().forEach(save -> save.end(written));
        batch.tables().forEach(save -> save.end(written));
        if (batch.l1() != null) {
            batch.l1().end(written);
        }
        if (written) {
            image.tables().shrink();
            image.refcounts().shrink();
            return null;
        }
        if (batch.refcountTable() != null) {
            image.refcounts().unsaved(batch.refcountTable());
        }
        if (batch.l1Moved()) {
            image.tables().l1NotMoved();
        }
        image.frees().putBack(batch.frees());
        return null;
    }

    private void free(List<PendingFrees.Range> frees) throws BlockException {
        if (frees.isEmpty()) {
            return;
        }
        boolean discarded = false;
        try {
            Discards discards = new Discards(image);
            for (PendingFrees.Range range : frees) {
                discards.discard(range);
            }
            discarded = true;
        } finally {
            if (!discarded) {
                locked(() -> {
                    image.frees().putBack(frees);
                    return null;
                });
            }
        }
        saveDecreased(locked(() -> {
            for (PendingFrees.Range range : frees) {
                image.refcounts().release(range.cluster(), range.count());
            }
            return image.refcounts().saveBlocks();
        }));
    }

    /** Blocks that the table does not have yet are among them: that does no harm. */
    private void saveDecreased(List<Table.Save> blocks) throws BlockException {
        boolean written = false;
        try {
            write(blocks);
            written = true;
        } finally {
            boolean done = written;
            locked(() -> {
                blocks.forEach(save -> save.end(done));
                return null;
            });
        }
    }
}

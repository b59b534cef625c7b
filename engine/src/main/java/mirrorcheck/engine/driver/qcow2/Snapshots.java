// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;

/**
 * The snapshot table. Internal snapshots are left as they are: what they share with the active
 * state is copied before it is written.
 *
 * <pre>
 *  0 l1_table_offset
 *  8 l1_size            | 12 id length | 14 name length
 * 16 time, seconds      | 20 nanoseconds
 * 24 guest running time
 * 32 VM state size      | 36 extra data length (e)
 * 40 extra data: 40 VM state size, 48 disk size, 56 icount
 * 40 + e id, name, padding to a multiple of 8
 * </pre>
 */
final class Snapshots {
    static final int MIN_ENTRY_BYTES = 40;
    /** 64 MiB: far more than real tables have, little enough to read at once. */
    private static final long MAX_TABLE_BYTES = 64L << 20;
    /** As in QEMU: more is nothing that anyone wrote on purpose. */
    private static final long MAX_EXTRA = 1024;

    /** A part of the file with tables of snapshots. */
    record Area(String what, long offset, long bytes) {
    }

    /** A snapshot. */
    record Snapshot(String id, String name, long l1Offset, int l1Size) {
    }

    private Snapshots() {
    }

    /**
     * The table and the L1 tables of all snapshots.
     *
     * @throws BlockException EIO for a table that is not well-formed or not in the file
     */
    static List<Area> areas(Image image) throws BlockException {
        List<Area> areas = new ArrayList<>();
        long bytes = 0;
        for (Snapshot snapshot : read(image)) {
            areas.add(new Area("L1 table of snapshot '" + snapshot.name() + "'",
                    snapshot.l1Offset(), snapshot.l1Size() * 8L));
        }
        for (long each : entryBytes(image)) {
            bytes += each;
        }
        if (bytes > 0) {
            areas.add(new Area("snapshot table", image.header().snapshotsOffset(), bytes));
        }
        return areas;
    }

    private static List<Long> entryBytes(Image image) throws BlockException {
        List<Long> lengths = new ArrayList<>();
        new Scan(image).run((snapshot, bytes) -> lengths.add(bytes));
        return lengths;
    }

    /** All snapshots in the order of the table. */
    static List<Snapshot> read(Image image) throws BlockException {
        List<Snapshot> snapshots = new ArrayList<>();
        new Scan(image).run((snapshot, bytes) -> snapshots.add(snapshot));
        return snapshots;
    }

    private interface Sink {
        void take(Snapshot snapshot, long bytes);
    }

    /** One walk through the table. */
    private record Scan(Image image) {
        void run(Sink sink) throws BlockException {
            long start = image.header().snapshotsOffset();
            long at = 0;
            for (int i = 0; i < image.header().nbSnapshots(); i++) {
                ByteBuffer head = bytes(i, start + at, MIN_ENTRY_BYTES);
                int idLength = head.getShort(12) & 0xffff;
                int nameLength = head.getShort(14) & 0xffff;
                long extra = Integer.toUnsignedLong(head.getInt(36));
                if (extra > MAX_EXTRA) {
                    throw image.corrupt("snapshot " + i + ": extra data of " + extra
                            + " bytes: must be at most " + MAX_EXTRA);
                }
                ByteBuffer names = bytes(i, start + at + MIN_ENTRY_BYTES + extra,
                        idLength + nameLength);
                Snapshot snapshot = new Snapshot(text(names, 0, idLength),
                        text(names, idLength, nameLength), head.getLong(0), head.getInt(8));
                check(i, snapshot);
                long bytes = MIN_ENTRY_BYTES + extra + idLength + nameLength + 7 & -8;
                sink.take(snapshot, bytes);
                at += bytes;
            }
        }

        private ByteBuffer bytes(int index, long offset, int bytes) throws BlockException {
            if (offset - image.header().snapshotsOffset() > MAX_TABLE_BYTES
                    || offset + bytes > image.file().length() + image.geometry().clusterSize()) {
                throw image.corrupt("snapshot " + index + ": entry at " + offset
                        + ": not in the file: length " + image.file().length());
            }
            return ByteBuffer.wrap(image.file().read(offset, bytes));
        }

        private void check(int index, Snapshot snapshot) throws BlockException {
            long entries = Integer.toUnsignedLong(snapshot.l1Size());
            long offset = snapshot.l1Offset();
            if (entries > Header.MAX_L1_ENTRIES) {
                throw image.corrupt("snapshot " + index + ": l1_size " + entries
                        + ": must be at most " + Header.MAX_L1_ENTRIES);
            }
            if (entries > 0 && (offset < 0 || !image.geometry().isAligned(offset)
                    || offset > image.file().length() - entries * 8)) {
                throw image.corrupt("snapshot " + index + ": l1_table_offset " + offset
                        + ": not a cluster of the file: length " + image.file().length());
            }
        }

        private static String text(ByteBuffer bytes, int from, int length) {
            return StandardCharsets.UTF_8.decode(bytes.slice(from, length)).toString();
        }
    }
}

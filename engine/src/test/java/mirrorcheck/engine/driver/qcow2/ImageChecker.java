// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges an image by the specification, without a line of the driver: what refers to which cluster,
 * and whether the refcounts and the copied bits say the same.
 */
final class ImageChecker {
    private static final long OFFSET = 0x00ff_ffff_ffff_fe00L;

    private final ByteBuffer image;
    private final long clusterSize;
    private final int clusterBits;
    private final boolean extended;
    private final int refcountBits;
    private final boolean dataFile;
    private final int[] references;
    private final List<String> corruptions = new ArrayList<>();
    private final List<String> leaks = new ArrayList<>();

    private ImageChecker(byte[] content) {
        image = ByteBuffer.wrap(content);
        clusterBits = image.getInt(20);
        clusterSize = 1L << clusterBits;
        boolean v3 = image.getInt(4) >= 3;
        extended = v3 && (image.getLong(72) & 16) != 0;
        dataFile = v3 && (image.getLong(72) & 4) != 0;
        refcountBits = v3 ? 1 << image.getInt(96) : 16;
        references = new int[(int) ((content.length + clusterSize - 1) / clusterSize)];
    }

    /** What is wrong with the image beyond leaks: empty if it can be used. */
    static List<String> corruptions(byte[] content) {
        return check(content).corruptions;
    }

    /** Corruptions and leaks. */
    static List<String> problems(byte[] content) {
        ImageChecker checker = check(content);
        List<String> all = new ArrayList<>(checker.corruptions);
        all.addAll(checker.leaks);
        return all;
    }

    private static ImageChecker check(byte[] content) {
        ImageChecker checker = new ImageChecker(content);
        checker.run();
        return checker;
    }

    private void run() {
        refer("header", 0, 1);
        int l1Size = image.getInt(36);
        refer("L1 table", image.getLong(40), clusters(l1Size * 8L));
        for (int i = 0; i < l1Size; i++) {
            l2Table(i, longAt(image.getLong(40) + i * 8L), true);
        }
        snapshots();
        long table = image.getLong(48);
        int tableClusters = image.getInt(56);
        refer("refcount table", table, tableClusters);
        for (int i = 0; i < tableClusters * clusterSize / 8; i++) {
            long block = longAt(table + i * 8L);
            if (block != 0) {
                refer("refcount block " + i, block, 1);
            }
        }
        for (int cluster = 0; cluster < references.length; cluster++) {
            long count = refcount(cluster);
            if (count < references[cluster]) {
                corruptions.add("cluster " + cluster + ": refcount " + count + ", references "
                        + references[cluster]);
            } else if (count > references[cluster]) {
                leaks.add("cluster " + cluster + ": refcount " + count + ", references "
                        + references[cluster]);
            }
        }
        copiedBits(l1Size);
    }

    private long clusters(long bytes) {
        return (bytes + clusterSize - 1) / clusterSize;
    }

    private long longAt(long offset) {
        return offset + 8 <= image.capacity() ? image.getLong((int) offset) : 0;
    }

    private void refer(String what, long offset, long count) {
        if (count > 0 && offset % clusterSize != 0) {
            corruptions.add(what + ": at " + offset + ": not aligned");
            return;
        }
        for (long i = 0; i < count; i++) {
            long cluster = offset / clusterSize + i;
            if (cluster >= references.length) {
                corruptions.add(what + ": cluster " + cluster + ": not in the file");
            } else {
                references[(int) cluster]++;
            }
        }
    }

    private void snapshots() {
        long at = image.getLong(64);
        long start = at;
        for (int i = 0; i < image.getInt(60); i++) {
            long l1 = longAt(at);
            int entries = image.getInt((int) at + 8);
            refer("L1 table of snapshot " + i, l1, clusters(entries * 8L));
            for (int entry = 0; entry < entries; entry++) {
                l2Table(entry, longAt(l1 + entry * 8L), false);
            }
            int names = (image.getShort((int) at + 12) & 0xffff)
                    + (image.getShort((int) at + 14) & 0xffff);
            at += 40 + image.getInt((int) at + 36) + names + 7 & -8;
        }
        refer("snapshot table", start, clusters(at - start));
    }

    private void l2Table(int index, long l1Entry, boolean active) {
        long table = l1Entry & OFFSET;
        if (table == 0) {
            return;
        }
        refer("L2 table " + index, table, 1);
        int entryBytes = extended ? 16 : 8;
        for (long at = table; at < table + clusterSize; at += entryBytes) {
            long entry = longAt(at);
            if ((entry & 1L << 62) != 0) {
                int bits = 62 - (clusterBits - 8);
                long offset = entry & (1L << bits) - 1;
                long sectors = (entry & (1L << 62) - 1) >>> bits;
                long first = offset >> clusterBits;
                long last = (offset & -512L) + (sectors + 1) * 512 - 1 >> clusterBits;
                refer("compressed cluster", first << clusterBits, last - first + 1);
            } else if ((entry & OFFSET) != 0 && !dataFile) {
                refer("guest cluster of L2 table " + index, entry & OFFSET, 1);
            }
            if (extended && active) {
                subclusters(entry, longAt(at + 8));
            }
        }
    }

    private void subclusters(long entry, long bitmap) {
        if ((bitmap & bitmap >>> 32 & 0xffff_ffffL) != 0) {
            corruptions.add("subclusters both allocated and zero: " + Long.toHexString(bitmap));
        }
        if ((bitmap & 0xffff_ffffL) != 0 && (entry & (1L << 62 | OFFSET | 1L << 63)) == 0) {
            corruptions.add("subclusters allocated without a host cluster");
        }
    }

    private long refcount(long cluster) {
        long perBlock = clusterSize * 8 / refcountBits;
        long entry = cluster / perBlock;
        if (entry >= image.getInt(56) * clusterSize / 8) {
            return 0;
        }
        long block = longAt(image.getLong(48) + entry * 8);
        if (block == 0) {
            return 0;
        }
        long bit = cluster % perBlock * refcountBits;
        int at = (int) (block + bit / 8);
        if (at >= image.capacity()) {
            return 0;
        }
        if (refcountBits < 8) {
            return image.get(at) >> bit % 8 & (1 << refcountBits) - 1;
        }
        long value = 0;
        for (int i = 0; i < refcountBits / 8; i++) {
            value = value << 8 | image.get(at + i) & 0xff;
        }
        return value;
    }

    private void copiedBits(int l1Size) {
        for (int i = 0; i < l1Size; i++) {
            long l1Entry = longAt(image.getLong(40) + i * 8L);
            long table = l1Entry & OFFSET;
            if (table == 0) {
                continue;
            }
            copiedBit("L1 entry " + i, l1Entry, table);
            for (long at = table; at < table + clusterSize; at += extended ? 16 : 8) {
                long entry = longAt(at);
                if ((entry & 1L << 62) == 0 && (entry & OFFSET) != 0 && !dataFile) {
                    copiedBit("L2 entry at " + at, entry, entry & OFFSET);
                }
            }
        }
    }

    /** A copied bit too few only costs a copy; one too many lets a shared cluster be changed. */
    private void copiedBit(String what, long entry, long offset) {
        long count = refcount(offset / clusterSize);
        if (entry < 0 && count != 1) {
            // With a refcount too high, nothing is shared: qemu-img check calls it a mismatch.
            (count > 1 && references[(int) (offset / clusterSize)] == 1 ? leaks : corruptions)
                    .add(what + ": copied, but refcount " + count);
        }
        if (entry >= 0 && count == 1) {
            corruptions.add(what + ": not copied, but refcount 1");
        }
    }
}

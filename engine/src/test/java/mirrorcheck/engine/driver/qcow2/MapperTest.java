// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.NodeOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that are found at once are those that the entries say one by one. */
class MapperTest {
    private static final int TABLES = 60;
    private static final long[] BITMAPS = {0, L2Entry.ALL_ALLOCATED, L2Entry.ALL_ZERO,
        L2Entry.subclusters(0, 5), L2Entry.subclusters(7, 32) << 32,
        L2Entry.subclusters(0, 16) | L2Entry.subclusters(16, 32) << 32};
    /** The last one: a host offset that the next cluster would overflow. */
    private static final long[] HOSTS = {0, 0, 1 << 20, 3 << 20, L2Entry.OFFSET_MASK & -(1 << 16)};

    @ParameterizedTest
    @CsvSource({"512, false, 3", "512, false, 2", "16384, true, 3"})
    void aRunEndsWhereItsUnitsCeaseToBeAlike(int clusterSize, boolean extended, int version)
            throws Exception {
        GrowingNode file = GrowingNode.empty();
        Qcow2Create.create(file, null, CreateOptions.ofSize(48L * clusterSize)
                .withVersion(version).withClusterSize(clusterSize).withExtendedL2(extended));
        // Never closed: it would write to the file what its tables are filled with.
        Image image = Qcow2Node.open(NodeOptions.named("image"),
                new Qcow2Node.Children(file, null, null, List.of())).image();
        image.beginWrite();
        image.lock().lock();
        try {
            for (int seed = 1; seed <= TABLES; seed++) {
                fill(image, new Random(seed));
                compare(image, "seed " + seed);
            }
        } finally {
            image.lock().unlock();
        }
    }

    /** Runs of entries that mostly go on as a file grows, with a strange one now and then. */
    private static void fill(Image image, Random random) throws BlockException {
        int clusterSize = image.geometry().clusterSize();
        Table table = image.tables().write(0);
        long descriptor = 0;
        long bitmap = 0;
        for (long at = 0; at < image.length(); at += clusterSize) {
            if (random.nextInt(5) == 0) {
                long host = HOSTS[random.nextInt(HOSTS.length)];
                descriptor = host | (host != 0 && random.nextBoolean() ? L2Entry.COPIED : 0)
                        | random.nextInt(2) | (long) (random.nextInt(8) == 0 ? 1 : 0) << 60;
                bitmap = BITMAPS[random.nextInt(BITMAPS.length)];
            } else if (L2Entry.host(descriptor) != 0 && random.nextInt(10) != 0) {
                descriptor += clusterSize;
            }
            int entry = image.tables().entryAt(at);
            table.setLong(entry, descriptor);
            if (image.geometry().extendedL2()) {
                boolean hosted = L2Entry.host(descriptor) != 0;
                table.setLong(entry + 8, hosted ? bitmap : bitmap & L2Entry.ALL_ZERO);
            }
        }
    }

    private static void compare(Image image, String what) throws BlockException {
        long unit = image.geometry().subclusterSize();
        for (long guest = unit / 2; guest < image.length(); guest += unit) {
            for (long most : new long[] {image.length() - guest, 5 * unit + 100, 1}) {
                long clipped = Math.min(most, image.length() - guest);
                assertEquals(slowly(image, guest, clipped), image.find(guest, clipped),
                        what + ": guest offset " + guest + ", " + clipped + " bytes");
            }
        }
    }

    /** Joins what single bytes map to. */
    private static Mapping slowly(Image image, long guest, long most) throws BlockException {
        long unit = image.geometry().subclusterSize();
        Mapping first = image.find(guest, 1);
        long bytes = unit - guest % unit;
        while (bytes < most) {
            Mapping next = image.find(guest + bytes, 1);
            boolean hosted = first.kind() == Kind.DATA || first.kind() == Kind.ZERO_ALLOCATED;
            if (next.kind() != first.kind() || hosted && (next.copied() != first.copied()
                    || next.host() != first.host() + bytes)) {
                break;
            }
            bytes += unit;
        }
        return new Mapping(first.kind(), first.host(), Math.min(bytes, most), first.copied(),
                first.descriptor());
    }
}

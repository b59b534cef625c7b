// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.iotests.image.RangeMap.Run;

/**
 * Makes qcow2 files of version 3 that hold what a model says, without the help of any driver: the
 * judge must not be the accused.
 *
 * <p>A file is laid out once, from its beginning to its end, so that nothing has to be looked up:
 *
 * <pre>
 * | header | refcount table | refcount blocks | L1 table | L2 tables | data clusters |
 * </pre>
 *
 * <p>Everything is in units of clusters; refcounts have 16 bits. A cluster of the image with any
 * data or written zeroes in it is a data cluster, one that is unwritten a zero cluster, and one
 * that is all hole has no entry.
 */
public final class Qcow2Files {
    /** Cluster size where a script says nothing, as {@code qemu-img create} has it. */
    public static final int CLUSTER = 64 << 10;

    static final int MAGIC = 0x514649fb;
    static final int HEADER_BYTES = 104;
    static final long COPIED = 1L << 63;
    static final long ZERO = 1;
    static final long OFFSET_MASK = 0x00fffffffffffe00L;
    private static final int REFCOUNT_BYTES = 2;
    private static final int REFCOUNT_ORDER = 4;
    private static final int EXTENSION_END = 0;
    private static final int EXTENSION_BACKING_FORMAT = 0xe2792aca;

    private Qcow2Files() {
    }

    /**
     * The backing file as the header names it.
     *
     * @param name   of the file, as it is to stand in the header
     * @param format {@code raw} or {@code qcow2}
     */
    public record Backing(String name, String format) {
    }

    /**
     * Where an image's clusters lie: offset in the image to offset in the file, -1 where none does.
     *
     * @param data   the cluster that holds an offset
     * @param tables the L2 table that maps it
     */
    public record Placement(RangeMap<Long> data, RangeMap<Long> tables) {
    }

    /**
     * Creates a file; what was there before is gone.
     *
     * @param own     what the layer itself holds; whole clusters, see {@link #whole}
     * @param cluster in bytes, a power of two from 512 to 2 MiB
     * @param backing what lies below, or null
     * @return where everything lies
     * @throws IOException with the host's reason; the file may then exist in part
     */
    public static Placement create(Path file, ImageModel own, int cluster, Backing backing)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE,
                StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            return new Plan(own, cluster).write(channel, backing);
        }
    }

    /** The clusters of an image, and where in the file everything goes. */
    private static final class Plan {
        private final ImageModel own;
        private final int cluster;
        private final long clusters;
        private final int perL2;
        private final List<Long> data = new ArrayList<>();
        private final List<Long> l2Used = new ArrayList<>();
        private long refcountTable;
        private long refcountBlocks;
        private long refcountBlockCount;
        private long refcountTableClusters;
        private long l1;
        private long l1Entries;
        private long l2;
        private long first;
        private long end;

        Plan(ImageModel own, int cluster) {
            this.own = own;
            this.cluster = cluster;
            this.clusters = Math.ceilDiv(own.size(), (long) cluster);
            this.perL2 = cluster / Long.BYTES;
            for (Run<Cell> run : own.cells()) {
                for (long at = run.offset() / cluster; run.value() != Cell.HOLE
                        && at < Math.ceilDiv(run.end(), (long) cluster); at++) {
                    use(at, run.value() != Cell.UNWRITTEN);
                }
            }
            place();
        }

        private void use(long at, boolean isData) {
            if (isData && (data.isEmpty() || data.getLast() != at)) {
                data.add(at);
            }
            long table = at / perL2;
            if (l2Used.isEmpty() || l2Used.getLast() != table) {
                l2Used.add(table);
            }
        }

        private void place() {
            l1Entries = Math.max(1, Math.ceilDiv(clusters, (long) perL2));
            long l1Clusters = Math.ceilDiv(l1Entries * Long.BYTES, (long) cluster);
            long fixed = 1 + l1Clusters + l2Used.size() + data.size();
            long perBlock = cluster / REFCOUNT_BYTES;
            long total = fixed;
            do {
                refcountBlockCount = Math.ceilDiv(total, perBlock);
                refcountTableClusters = Math.ceilDiv(refcountBlockCount * Long.BYTES,
                        (long) cluster);
                total = fixed + refcountBlockCount + refcountTableClusters;
            } while (Math.ceilDiv(total, perBlock) > refcountBlockCount);
            refcountTable = cluster;
            refcountBlocks = refcountTable + refcountTableClusters * cluster;
            l1 = refcountBlocks + refcountBlockCount * cluster;
            l2 = l1 + l1Clusters * cluster;
            first = l2 + (long) l2Used.size() * cluster;
            end = total;
        }

        Placement write(FileChannel channel, Backing backing) throws IOException {
            put(channel, 0, header(backing));
            ByteBuffer table = ByteBuffer.allocate((int) (refcountTableClusters * cluster));
            for (long i = 0; i < refcountBlockCount; i++) {
                table.putLong(refcountBlocks + i * cluster);
            }
            put(channel, refcountTable, table.clear());
            ByteBuffer blocks = ByteBuffer.allocate((int) (refcountBlockCount * cluster));
            for (long i = 0; i < end; i++) {
                blocks.putShort((short) 1);
            }
            put(channel, refcountBlocks, blocks.clear());
            return writeMap(channel);
        }

        private ByteBuffer header(Backing backing) {
            ByteBuffer header = ByteBuffer.allocate(cluster);
            byte[] name = backing == null ? new byte[0]
                    : backing.name().getBytes(StandardCharsets.UTF_8);
            byte[] format = backing == null ? new byte[0]
                    : backing.format().getBytes(StandardCharsets.UTF_8);
            int extensions = backing == null ? 8 : 8 + roundUp(format.length) + 8;
            header.putInt(MAGIC).putInt(3)
                    .putLong(backing == null ? 0 : HEADER_BYTES + extensions)
                    .putInt(name.length)
                    .putInt(Integer.numberOfTrailingZeros(cluster))
                    .putLong(own.size()).putInt(0)
                    .putInt((int) l1Entries).putLong(l1)
                    .putLong(refcountTable).putInt((int) refcountTableClusters)
                    .putInt(0).putLong(0)
                    .putLong(0).putLong(0).putLong(0)
                    .putInt(REFCOUNT_ORDER).putInt(HEADER_BYTES);
            if (backing != null) {
                header.putInt(EXTENSION_BACKING_FORMAT).putInt(format.length).put(format);
                header.position(HEADER_BYTES + 8 + roundUp(format.length));
            }
            header.putInt(EXTENSION_END).putInt(0).put(name);
            return header.clear();
        }

        private static int roundUp(int bytes) {
            return bytes + 7 & -8;
        }

        private Placement writeMap(FileChannel channel) throws IOException {
            ByteBuffer top = ByteBuffer.allocate((int) (l1Entries * Long.BYTES));
            RangeMap<Long> where = new RangeMap<>(own.size(), -1L);
            RangeMap<Long> tables = new RangeMap<>(own.size(), -1L);
            int next = 0;
            for (int i = 0; i < l2Used.size(); i++) {
                long at = l2 + (long) i * cluster;
                top.putLong((int) (l2Used.get(i) * Long.BYTES), at | COPIED);
                ByteBuffer entries = ByteBuffer.allocate(cluster);
                long from = l2Used.get(i) * perL2;
                long begin = from * cluster;
                tables.put(begin, Math.min((long) perL2 * cluster, own.size() - begin), at);
                for (long c = from; c < Math.min(from + perL2, clusters); c++) {
                    long bytes = Math.min(cluster, own.size() - c * cluster);
                    if (next < data.size() && data.get(next) == c) {
                        long host = first + (long) next++ * cluster;
                        entries.putLong((int) ((c - from) * Long.BYTES), host | COPIED);
                        where.put(c * cluster, bytes, host);
                        put(channel, host, content(c * cluster, bytes));
                    } else if (own.all(c * cluster, bytes, Cell.UNWRITTEN::equals)) {
                        entries.putLong((int) ((c - from) * Long.BYTES), ZERO);
                    }
                }
                put(channel, at, entries.clear());
            }
            put(channel, l1, top.clear());
            return new Placement(where, tables);
        }

        private ByteBuffer content(long offset, long bytes) {
            ByteBuffer content = ByteBuffer.allocate(cluster);
            for (Run<Cell> run : own.cells(offset, bytes)) {
                if (!run.value().readsZero()) {
                    Pattern.fill(content.duplicate().position((int) (run.offset() - offset))
                            .limit((int) (run.end() - offset)), run.offset(),
                            run.value().pattern());
                }
            }
            return content;
        }

        private static void put(FileChannel channel, long at, ByteBuffer from)
                throws IOException {
            long position = at;
            while (from.hasRemaining()) {
                position += channel.write(from, position);
            }
        }
    }
}

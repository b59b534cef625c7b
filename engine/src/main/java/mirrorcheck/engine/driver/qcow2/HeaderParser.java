// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;

/** Takes a header apart; each field is checked before anything is computed from it. */
final class HeaderParser {
    private static final String[] ENCRYPTION = {"", "AES", "LUKS"};

    private final ByteBuffer area;
    private final int version;
    private final int clusterBits;
    private final long fileLength;

    /**
     * @param area       the first cluster, as far as the file has it; 72 bytes or more
     * @param fileLength length of the file in bytes
     */
    HeaderParser(ByteBuffer area, int version, int clusterBits, long fileLength) {
        this.area = area;
        this.version = version;
        this.clusterBits = clusterBits;
        this.fileLength = fileLength;
    }

    Header parse() throws BlockException {
        boolean v3 = version >= 3;
        int headerLength = v3 ? headerLength() : Header.V2_BYTES;
        long incompatible = v3 ? area.getLong(72) : 0;
        long autoclear = v3 ? area.getLong(Header.AUTOCLEAR_AT) : 0;
        int nameOffset = backingNameOffset();
        Extensions extensions = Extensions.parse(area, headerLength,
                nameOffset == 0 ? area.capacity() : nameOffset);
        refuseUnknown(incompatible, extensions);
        refuseEncryption();
        int refcountOrder = v3 ? area.getInt(96) : 4;
        Header.check("refcount_order", Integer.toUnsignedLong(refcountOrder), 0, 6);
        boolean extended = (incompatible & Feature.EXTENDED_L2) != 0;
        if (extended) {
            Header.check("cluster_bits with extended L2 entries", clusterBits,
                    Header.MIN_EXTENDED_CLUSTER_BITS, Header.MAX_CLUSTER_BITS);
        }
        Geometry geometry = new Geometry(clusterBits, extended, refcountOrder);
        Header header = new Header(version, backingName(nameOffset), geometry,
                area.getLong(Header.SIZE_AT), area.getInt(Header.L1_SIZE_AT), area.getLong(40),
                area.getLong(48), area.getInt(56), area.getInt(60), area.getLong(64),
                incompatible, v3 ? area.getLong(80) : 0, autoclear, headerLength,
                compressionType(headerLength, incompatible), extensions);
        checkTables(header);
        checkDataFile(header);
        return header;
    }

    private int headerLength() throws BlockException {
        Header.check("file length", area.capacity(), Header.V3_BYTES, Long.MAX_VALUE);
        int length = area.getInt(100);
        Header.check("header_length", Integer.toUnsignedLong(length), Header.V3_BYTES,
                area.capacity());
        if (length % 8 != 0) {
            throw BlockException.refused(
                    "qcow2 header: header_length " + length + ": must be a multiple of 8");
        }
        return length;
    }

    /** Where the backing file name is, or 0 if there is none. */
    private int backingNameOffset() throws BlockException {
        long offset = area.getLong(8);
        if (offset == 0) {
            return 0;
        }
        long size = Integer.toUnsignedLong(area.getInt(16));
        Header.check("backing_file_size", size, 0, Header.MAX_BACKING_NAME);
        Header.check("backing_file_offset", offset, Header.V2_BYTES, area.capacity() - size);
        return (int) offset;
    }

    private String backingName(int offset) {
        byte[] name = new byte[offset == 0 ? 0 : area.getInt(16)];
        area.get(offset, name);
        return name.length == 0 ? null : Header.decode(name);
    }

    private static void refuseUnknown(long incompatible, Extensions extensions)
            throws BlockException {
        List<String> unknown = new ArrayList<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if ((incompatible & ~Feature.INCOMPATIBLE_KNOWN & 1L << bit) != 0) {
                unknown.add(nameOf(bit, extensions));
            }
        }
        if (!unknown.isEmpty()) {
            throw BlockException.refused("qcow2 header: incompatible_features: not supported: "
                    + String.join(", ", unknown));
        }
    }

    private static String nameOf(int bit, Extensions extensions) {
        for (Feature.Name name : extensions.features()) {
            if (name.type() == 0 && name.bit() == bit) {
                return name.name() + " (bit " + bit + ")";
            }
        }
        return "bit " + bit;
    }

    private void refuseEncryption() throws BlockException {
        int method = area.getInt(32);
        if (method != 0) {
            String name = method == 1 || method == 2 ? " (" + ENCRYPTION[method] + ")" : "";
            throw BlockException.refused("qcow2 header: crypt_method "
                    + Integer.toUnsignedString(method) + name
                    + ": encrypted images are not supported: must be 0");
        }
    }

    private int compressionType(int headerLength, long incompatible) throws BlockException {
        int type = headerLength > Header.COMPRESSION_AT
                ? area.get(Header.COMPRESSION_AT) & 0xff : 0;
        boolean flagged = (incompatible & Feature.COMPRESSION_TYPE) != 0;
        if (flagged != (type != 0)) {
            throw BlockException.refused("qcow2 header: compression_type " + type
                    + ": must be " + (flagged ? "not 0" : "0")
                    + " with incompatible_features bit 3 " + (flagged ? "set" : "clear"));
        }
        Header.check("compression_type", type, 0, 1);
        return type;
    }

    private void checkTables(Header header) throws BlockException {
        Geometry geometry = header.geometry();
        Header.check("size", header.size(), 0, Header.MAX_SIZE);
        long l1Entries = Integer.toUnsignedLong(header.l1Size());
        Header.check("l1_size for size " + header.size(), l1Entries,
                geometry.l1EntriesFor(header.size()), Header.MAX_L1_ENTRIES);
        checkPlace("l1_table_offset", header.l1TableOffset(), l1Entries * 8);
        long clusters = Integer.toUnsignedLong(header.refcountTableClusters());
        Header.check("refcount_table_clusters", clusters, 1,
                Math.max(1, Header.MAX_REFCOUNT_TABLE_BYTES >> clusterBits));
        checkPlace("refcount_table_offset", header.refcountTableOffset(), clusters << clusterBits);
        long snapshots = Integer.toUnsignedLong(header.nbSnapshots());
        Header.check("nb_snapshots", snapshots, 0, Header.MAX_SNAPSHOTS);
        checkPlace("snapshots_offset", header.snapshotsOffset(),
                snapshots * Snapshots.MIN_ENTRY_BYTES);
    }

    /** Refuses a table outside of the file or in the first cluster; one of 0 bytes may be anywhere. */
    private void checkPlace(String field, long offset, long bytes) throws BlockException {
        if (bytes == 0) {
            return;
        }
        long cluster = 1L << clusterBits;
        long end = fileLength + cluster - 1 & -cluster;
        Header.check(field, offset, cluster, Math.max(0, end - bytes));
        if ((offset & cluster - 1) != 0) {
            throw BlockException.refused("qcow2 header: " + field + " " + offset
                    + ": must be a multiple of the cluster size " + cluster);
        }
    }

    private static void checkDataFile(Header header) throws BlockException {
        if (header.isDataFileRaw() && !header.hasDataFile()) {
            throw BlockException.refused("qcow2 header: autoclear_features bit 1 (raw external "
                    + "data): must be clear without an external data file");
        }
        if (header.hasDataFile() && header.nbSnapshots() != 0) {
            throw BlockException.refused("qcow2 header: nb_snapshots " + header.nbSnapshots()
                    + ": must be 0 with an external data file");
        }
        if (header.isDataFileRaw() && header.backingFile() != null) {
            throw BlockException.refused("qcow2 header: backing file '" + header.backingFile()
                    + "': must not be there with raw external data");
        }
    }
}

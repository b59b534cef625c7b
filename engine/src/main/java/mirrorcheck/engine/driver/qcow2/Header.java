// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;

/**
 * The header of an image, as it was when the image was opened.
 *
 * <pre>
 *   0 magic "QFI\xfb"         | 4 version
 *   8 backing_file_offset
 *  16 backing_file_size       | 20 cluster_bits
 *  24 size
 *  32 crypt_method            | 36 l1_size
 *  40 l1_table_offset
 *  48 refcount_table_offset
 *  56 refcount_table_clusters | 60 nb_snapshots
 *  64 snapshots_offset
 *  72 incompatible_features     (version 3 from here on)
 *  80 compatible_features
 *  88 autoclear_features
 *  96 refcount_order          | 100 header_length
 * 104 compression_type | 105 padding to header_length
 * then the header extensions, then the backing file name; all in the first cluster
 * </pre>
 */
record Header(int version, String backingFile, Geometry geometry, long size, int l1Size,
        long l1TableOffset, long refcountTableOffset, int refcountTableClusters, int nbSnapshots,
        long snapshotsOffset, long incompatible, long compatible, long autoclear,
        int headerLength, int compressionType, Extensions extensions) {
    static final int MAGIC = 0x514649fb;
    static final int SIZE_AT = 24;
    static final int L1_SIZE_AT = 36;
    static final int REFCOUNT_TABLE_AT = 48;
    static final int AUTOCLEAR_AT = 88;
    static final int COMPRESSION_AT = 104;
    static final int V2_BYTES = 72;
    static final int V3_BYTES = 104;

    static final int MIN_CLUSTER_BITS = 9;
    static final int MAX_CLUSTER_BITS = 21;
    /** Extended L2 entries want subclusters of at least 512 bytes. */
    static final int MIN_EXTENDED_CLUSTER_BITS = 14;
    static final int MAX_BACKING_NAME = 1023;
    /** 32 MiB, as in QEMU: the specification names it. */
    static final int MAX_L1_ENTRIES = 32 << 20 >> 3;
    /** 8 MiB, as in QEMU: the specification names it. */
    static final long MAX_REFCOUNT_TABLE_BYTES = 8 << 20;
    static final int MAX_SNAPSHOTS = 65536;
    static final long MAX_SIZE = Long.MAX_VALUE - (1 << MAX_CLUSTER_BITS) & -512L;

    /**
     * Reads a header and refuses what is out of range, not supported or outside of the file.
     *
     * @throws BlockException EINVAL naming field, value and bound; {@code Image is not in qcow2
     *         format} without the magic; errors of reading
     */
    static Header read(BlockNode file) throws BlockException {
        int bytes = (int) Math.min(file.length(), 1 << MAX_CLUSTER_BITS);
        byte[] head = new byte[Math.min(bytes, 512)];
        file.read(0, MemorySegment.ofArray(head));
        ByteBuffer first = ByteBuffer.wrap(head);
        if (head.length < V2_BYTES || first.getInt(0) != MAGIC) {
            throw BlockException.refused("Image is not in qcow2 format");
        }
        int version = first.getInt(4);
        check("version", Integer.toUnsignedLong(version), 2, 3);
        int clusterBits = first.getInt(20);
        check("cluster_bits", Integer.toUnsignedLong(clusterBits), MIN_CLUSTER_BITS,
                MAX_CLUSTER_BITS);
        byte[] cluster = new byte[Math.min(bytes, 1 << clusterBits)];
        file.read(0, MemorySegment.ofArray(cluster));
        return new HeaderParser(ByteBuffer.wrap(cluster), version, clusterBits, file.length())
                .parse();
    }

    static void check(String field, long value, long least, long most) throws BlockException {
        if (value < least || value > most) {
            throw BlockException.refused("qcow2 header: " + field + " "
                    + Long.toUnsignedString(value) + ": must be " + least + " to " + most);
        }
    }

    boolean isDirty() {
        return (incompatible & Feature.DIRTY) != 0;
    }

    boolean isCorrupt() {
        return (incompatible & Feature.CORRUPT) != 0;
    }

    boolean hasDataFile() {
        return (incompatible & Feature.DATA_FILE) != 0;
    }

    boolean isDataFileRaw() {
        return (autoclear & Feature.DATA_FILE_RAW) != 0;
    }

    /** Whether clusters can be marked as reading zero: version 3. */
    boolean hasZeroClusters() {
        return version >= 3;
    }

    static String decode(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

/**
 * The bits of L1 and L2 entries.
 *
 * <pre>
 *         63       62           61 ... 56   55 ... 9        8 ... 1    0
 * L1      copied   reserved     reserved    L2 table        reserved
 * L2      copied   0            reserved    host cluster    reserved   reads as zero
 * L2      0        1: compressed   x = 62 - (cluster_bits - 8)
 *                                  61 ... x  512-byte sectors after the first
 *                                  x-1 ... 0 host offset, of any alignment
 *
 * Extended L2 entries have 8 more bytes:   63 ... 32 subcluster reads as zero
 *                                          31 ... 0  subcluster is allocated
 * </pre>
 */
final class L2Entry {
    static final long COPIED = 1L << 63;
    static final long COMPRESSED = 1L << 62;
    static final long ZERO = 1;
    static final long OFFSET_MASK = 0x00ff_ffff_ffff_fe00L;

    static final long ALL_ALLOCATED = 0xffff_ffffL;
    static final long ALL_ZERO = 0xffff_ffff_0000_0000L;

    private L2Entry() {
    }

    static boolean isCompressed(long descriptor) {
        return (descriptor & COMPRESSED) != 0;
    }

    static boolean isCopied(long descriptor) {
        return (descriptor & COPIED) != 0;
    }

    static long host(long descriptor) {
        return descriptor & OFFSET_MASK;
    }

    /** Where compressed data begins in the file, of any alignment. */
    static long compressedOffset(long descriptor, int clusterBits) {
        return descriptor & (1L << 62 - (clusterBits - 8)) - 1;
    }

    /** How many bytes from there on belong to it at most. */
    static int compressedBytes(long descriptor, int clusterBits) {
        int shift = 62 - (clusterBits - 8);
        long sectors = (descriptor & ~(COPIED | COMPRESSED)) >>> shift;
        return (int) ((sectors + 1) * 512 - (compressedOffset(descriptor, clusterBits) & 511));
    }

    /** Whether all subclusters are alike. */
    static boolean isUniform(long bitmap) {
        return bitmap == 0 || bitmap == ALL_ALLOCATED || bitmap == ALL_ZERO;
    }

    /** The subclusters {@code [from, to)} as bits of the allocation status. */
    static long subclusters(int from, int to) {
        return (1L << to) - (1L << from);
    }
}

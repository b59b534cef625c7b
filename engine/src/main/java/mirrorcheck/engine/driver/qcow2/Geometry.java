// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

/**
 * The sizes that follow from the header.
 *
 * @param clusterBits   {@code cluster_bits}: a cluster has {@code 1 << clusterBits} bytes; 9 to 21
 * @param extendedL2    whether L2 entries have 16 bytes and clusters 32 subclusters
 * @param refcountOrder {@code refcount_order}: a refcount has {@code 1 << refcountOrder} bits;
 *                      0 to 6
 */
record Geometry(int clusterBits, boolean extendedL2, int refcountOrder) {
    /** Subclusters in a cluster of an image with extended L2 entries. */
    static final int SUBCLUSTERS = 32;

    int clusterSize() {
        return 1 << clusterBits;
    }

    /** Bytes of an L2 entry: 8 or 16. */
    int entryBytes() {
        return extendedL2 ? 16 : 8;
    }

    int l2Entries() {
        return clusterSize() / entryBytes();
    }

    /** {@code guest offset >> l1Shift} is the index into the L1 table. */
    int l1Shift() {
        return 2 * clusterBits - (extendedL2 ? 4 : 3);
    }

    /** Guest bytes that one L2 table maps. */
    long l2Span() {
        return 1L << l1Shift();
    }

    /** The smallest part of a guest cluster that has a status of its own, in bytes. */
    int subclusterSize() {
        return extendedL2 ? clusterSize() / SUBCLUSTERS : clusterSize();
    }

    /** The L1 entries that a device of this length needs. */
    long l1EntriesFor(long length) {
        return length == 0 ? 0 : (length - 1 >>> l1Shift()) + 1;
    }

    int refcountBits() {
        return 1 << refcountOrder;
    }

    /** The refcounts in one refcount block. */
    int refcountsPerBlock() {
        return clusterSize() * 8 >> refcountOrder;
    }

    long alignDown(long offset) {
        return offset & -(long) clusterSize();
    }

    /** Rounds up to a cluster; {@code offset} is at most 2^63 - 2^21. */
    long alignUp(long offset) {
        return offset + clusterSize() - 1 & -(long) clusterSize();
    }

    boolean isAligned(long offset) {
        return (offset & clusterSize() - 1L) == 0;
    }
}

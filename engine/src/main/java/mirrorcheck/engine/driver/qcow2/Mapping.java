// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

/**
 * Where a run of guest bytes is.
 *
 * @param kind       the same for all of it
 * @param host       where its first byte is in the data file, for DATA and ZERO_ALLOCATED; the runs
 *                   are contiguous there
 * @param bytes      how long it is; more than 0
 * @param copied     whether the image may write to the host clusters: bit 63 of the entries
 * @param descriptor the L2 entry of the first cluster
 */
record Mapping(Kind kind, long host, long bytes, boolean copied, long descriptor) {
    /** Whether the range has no data of this image's own that could be read. */
    boolean isUnallocated() {
        return kind == Kind.UNALLOCATED;
    }

    boolean isZero() {
        return kind == Kind.ZERO || kind == Kind.ZERO_ALLOCATED;
    }

    Mapping clip(long most) {
        return most >= bytes ? this : new Mapping(kind, host, most, copied, descriptor);
    }
}

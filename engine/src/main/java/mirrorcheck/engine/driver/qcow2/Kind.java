// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

/** What an L2 entry says of a cluster or, with extended L2 entries, of a subcluster. */
enum Kind {
    /** The backing file decides. */
    UNALLOCATED,
    /** Reads as zero, has no host cluster. */
    ZERO,
    /** Reads as zero, keeps a host cluster with any content. */
    ZERO_ALLOCATED,
    /** The host cluster has the data. */
    DATA,
    /** The data is compressed; always a whole cluster. */
    COMPRESSED
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

/**
 * What is known about a range without reading it.
 *
 * @param zero      the range is known to read as zero; false means only that nobody knows (rule
 *         STATUS-2)
 * @param allocated this node itself, not a backing file below it, decides what the range reads as;
 *                  a raw file is allocated everywhere, holes included
 */
public record BlockStatus(boolean zero, boolean allocated) {
    /**
     * Allocated, and not known to be zero. The answer of a driver that cannot tell: always correct,
     * only slower.
     */
    public static final BlockStatus DATA = new BlockStatus(false, true);

    /**
     * Allocated and known to read as zero: a hole of a raw file, an unwritten extent, a zero
     * cluster.
     */
    public static final BlockStatus ZERO = new BlockStatus(true, true);

    /**
     * Decided by no layer of the chain, hence zero: an unallocated cluster with nothing below it.
     */
    public static final BlockStatus UNALLOCATED = new BlockStatus(true, false);

    /**
     * Given up by the guest and decided by nobody: it may read as anything, differently each time.
     */
    public static final BlockStatus UNDEFINED = new BlockStatus(false, false);
}

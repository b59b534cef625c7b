// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

/** The {@code detect-zeroes} option of a node (QMP BlockdevDetectZeroesOptions). */
public enum DetectZeroes {
    /** Data is written as it comes. The default. */
    OFF,
    /** A write of nothing but zeroes becomes write-zeroes that keeps the allocation. */
    ON,
    /**
     * A write of nothing but zeroes becomes write-zeroes that may unmap; needs {@link
     * Discard#UNMAP}.
     */
    UNMAP
}

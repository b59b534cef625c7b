// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

/** The {@code preallocation} option of a new image (QMP PreallocMode; raw has no metadata). */
public enum Preallocation {
    /** Nothing is allocated but the first block. */
    OFF,
    /** Everything is allocated, nothing is written: the host knows that it reads as zero. */
    FALLOC,
    /** Zero bytes are written over the whole length. */
    FULL
}

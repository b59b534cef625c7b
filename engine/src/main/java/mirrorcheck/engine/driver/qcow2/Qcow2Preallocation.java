// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

/** The {@code preallocation} option of a new qcow2 image (QMP PreallocMode). */
public enum Qcow2Preallocation {
    /** No guest cluster has a place. */
    OFF,
    /** All have a place in the file, which has no data for them. */
    METADATA,
    /** As METADATA, and the host has allocated them. */
    FALLOC,
    /** As METADATA, and zero bytes are written to them. */
    FULL
}

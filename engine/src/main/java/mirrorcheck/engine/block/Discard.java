// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

/**
 * The {@code discard} option of a node: whether requests may deallocate (QMP
 * BlockdevDiscardOptions).
 */
public enum Discard {
    /** Discard requests are dropped, zero writes never deallocate. The default. */
    IGNORE,
    /** Discard requests reach the driver, zero writes may deallocate where they say so. */
    UNMAP
}

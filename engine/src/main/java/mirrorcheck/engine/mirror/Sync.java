// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

/**
 * What a mirror copies to begin with (QMP MirrorSyncMode); guest writes are copied in every mode.
 */
public enum Sync {
    /** Everything, backing files included. */
    FULL,
    /** What the top layer of the source allocates. */
    TOP,
    /** Nothing: only what the guest writes from now on. */
    NONE,
    /** Known to the schema; no mirror takes it. */
    INCREMENTAL,
    /** Known to the schema; no mirror takes it. */
    BITMAP
}

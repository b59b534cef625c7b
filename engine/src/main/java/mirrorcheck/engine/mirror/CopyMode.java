// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

/** When a guest write reaches the target (QMP MirrorCopyMode). */
public enum CopyMode {
    /** Later: it dirties the bitmap, the job copies. */
    BACKGROUND,
    /** Before it is acknowledged: it goes to source and target. */
    WRITE_BLOCKING
}

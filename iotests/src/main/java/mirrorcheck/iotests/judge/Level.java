// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

/** How binding a rule of {@code iotests/CONTRACT.md} is. */
public enum Level {
    /** Data, safety, liveness: a mirror that breaks one is wrong. */
    MUST,
    /** Sparseness and cost: a mirror that breaks one is wasteful. */
    SHOULD,
    /** What a QMP client of QEMU relies on; binds only adapters that claim it. */
    COMPAT,
    /** Left open; stated so that nobody tests it by accident. */
    MAY
}

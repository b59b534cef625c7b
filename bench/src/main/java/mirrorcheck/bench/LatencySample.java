// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

/**
 * What a guest of one daemon met in one turn.
 *
 * @param alone      its writes before the job began
 * @param mirrored   its writes while the job ran and was not READY
 * @param readyNanos from the command {@code blockdev-mirror} to READY, in nanoseconds
 */
record LatencySample(Percentiles alone, Percentiles mirrored, long readyNanos) {
}

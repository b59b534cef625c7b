// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

/**
 * What a guest does in one turn.
 *
 * @param seed     of its offsets and data
 * @param alone    writes before the job begins
 * @param mirrored most writes while the job runs: a guest that is faster than a job in the
 *         background would keep it from READY for ever
 * @param speed    limit of the job in bytes per second; 0 if there is none
 */
record GuestLoad(long seed, long alone, long mirrored, long speed) {
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import mirrorcheck.iotests.image.ImageModel;

/**
 * What a mirror must have done when it has ended well.
 *
 * @param identical  whether the target reads as the source does
 * @param after      what the target holds, and how: old content outside what was promised survives
 * @param len        {@code len} and {@code offset} of the job at READY, in bytes
 * @param writes     data that reached the target file
 * @param zeroes     zero writes that keep or take allocation
 * @param unmaps     zero writes that give allocation up
 * @param targetZero whether the target was known to read as zero when the copy began
 * @param prezeroed  whether the whole target was zeroed first; its request is among the unmaps
 * @param durable    whether anything was written, so that the file must have been flushed
 */
public record CopyOutcome(boolean identical, ImageModel after, long len, Tally writes,
        Tally zeroes, Tally unmaps,
        boolean targetZero, boolean prezeroed, boolean durable) {
    /**
     * Requests of one kind.
     *
     * @param count how many; how a range is cut into requests binds nobody but QEMU's equals
     * @param bytes their lengths together
     */
    public record Tally(int count, long bytes) {
        /** No request at all. */
        public static final Tally NONE = new Tally(0, 0);

        /** One request more. */
        public Tally plus(long length) {
            return new Tally(count + 1, bytes + length);
        }
    }
}

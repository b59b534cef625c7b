// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

/**
 * A line of the map of a backing chain, with the members that {@code qemu-img map --output=json}
 * prints.
 *
 * @param start      first byte of the guest range
 * @param length     its bytes, greater than 0
 * @param depth      the layer that decides: 0 the image itself, 1 its backing file, and so on
 * @param present    whether that layer decides indeed, rather than nothing below it
 * @param zero       whether the range is known to read as zero
 * @param data       whether there is data in a file for it
 * @param compressed whether that data is compressed
 * @param offset     where the data is in the layer's file, or -1
 */
public record MapExtent(long start, long length, int depth, boolean present, boolean zero,
        boolean data, boolean compressed, long offset) {
    /** Whether {@code next}, which follows, says the same. */
    boolean continuesIn(MapExtent next) {
        return depth == next.depth && present == next.present && zero == next.zero
                && data == next.data && compressed == next.compressed
                && (offset < 0 ? next.offset < 0 : next.offset == offset + length);
    }

    MapExtent longer(long bytes) {
        return new MapExtent(start, length + bytes, depth, present, zero, data, compressed, offset);
    }

    MapExtent deeper() {
        return new MapExtent(start, length, depth + 1, present, zero, data, compressed, offset);
    }
}

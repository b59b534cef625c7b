// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

/**
 * A range of an image, half-open.
 *
 * @param offset first byte, 0 or more
 * @param bytes  length, 0 or more
 */
record Range(long offset, long bytes) {
    Range {
        if (offset < 0 || bytes < 0) {
            throw new IllegalArgumentException("range: offset " + offset + ", bytes " + bytes
                    + ": must be 0 or more");
        }
    }

    /** The first byte behind it. */
    long end() {
        return offset + bytes;
    }

    /** Whether both have a byte in common. */
    boolean overlaps(Range other) {
        return offset < other.end() && other.offset < end();
    }

    /** Whether it begins and ends at a multiple of {@code unit}. */
    boolean isAligned(long unit) {
        return offset % unit == 0 && bytes % unit == 0;
    }

    /** Rounded outwards to multiples of {@code unit}. */
    Range outwards(long unit) {
        long begin = offset / unit * unit;
        return new Range(begin, Math.ceilDiv(end(), unit) * unit - begin);
    }

    /** What of it lies in an image of {@code size} bytes. */
    Range within(long size) {
        long begin = Math.min(offset, size);
        return new Range(begin, Math.min(end(), size) - begin);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

/**
 * A run of bytes with one block status, half-open: {@code [offset, offset + bytes)}.
 *
 * @param offset first byte
 * @param bytes  length, greater than 0
 * @param status what is known of every byte of it
 */
public record Extent(long offset, long bytes, BlockStatus status) {
    /** The first byte behind the extent. */
    public long end() {
        return offset + bytes;
    }

    /** What is left of it from {@code start} on, which lies in it. */
    public Extent from(long start) {
        return start == offset ? this : new Extent(start, end() - start, status);
    }
}

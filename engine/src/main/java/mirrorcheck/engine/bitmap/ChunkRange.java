// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

/**
 * A run of whole chunks, half-open in bytes: {@code [offset, offset + bytes)}.
 *
 * @param offset first byte; a multiple of the granularity
 * @param bytes  length, greater than 0; a multiple of the granularity unless the range ends at the
 *               length of the bitmap
 */
public record ChunkRange(long offset, long bytes) {
    /**
     * The first byte behind the range. Never overflows: a bitmap is at most 2^63 - 512 bytes long.
     */
    public long end() {
        return offset + bytes;
    }
}

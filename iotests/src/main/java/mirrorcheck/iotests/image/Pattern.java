// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The data of test images: never a zero byte, and different at every offset, so that data lost,
 * stale or misplaced is seen wherever it is.
 *
 * <p>The image is a row of little-endian 64-bit words. The lowest byte of each is the pattern byte,
 * so that a hex dump shows which write it came from; the other seven are a stamp of pattern and
 * offset with the lowest bit of each byte set.
 */
public final class Pattern {
    private static final long STAMP_BITS = 0x0101010101010100L;
    /** Odd and without visible structure: 2^64 divided by the golden ratio. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private Pattern() {
    }

    /**
     * The word that covers the bytes from {@code 8 * index} of an image written with {@code
     * pattern}, 1 to 255.
     */
    static long word(long index, int pattern) {
        long mixed = (index ^ (long) pattern << 56) * SPREAD;
        return ((mixed ^ mixed >>> 32) & ~0xffL) | STAMP_BITS | pattern;
    }

    /** The byte at {@code offset}. */
    public static byte at(long offset, int pattern) {
        return (byte) (word(offset >>> 3, pattern) >>> ((offset & 7) << 3));
    }

    /** The bytes {@code [offset, offset + bytes)} of the pattern, for a guest to write. */
    public static byte[] bytes(long offset, int bytes, int pattern) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        fill(buffer, offset, pattern);
        return buffer.array();
    }

    /** Fills what remains of {@code buffer} with the pattern as it is from {@code offset} on. */
    static void fill(ByteBuffer buffer, long offset, int pattern) {
        ByteBuffer into = buffer.order(ByteOrder.LITTLE_ENDIAN);
        long at = offset;
        while (into.hasRemaining() && (at & 7) != 0) {
            into.put(at(at++, pattern));
        }
        int words = into.remaining() >>> 3;
        int base = into.position();
        long index = at >>> 3;
        for (int i = 0; i < words; i++) {
            into.putLong(base + (i << 3), word(index + i, pattern));
        }
        into.position(base + (words << 3));
        at += (long) words << 3;
        while (into.hasRemaining()) {
            into.put(at(at++, pattern));
        }
    }

    /**
     * Compares what remains of {@code buffer} with the pattern as it is from {@code offset} on.
     *
     * @return how many bytes agree before the first that does not; all of them if none differs
     */
    public static int agree(ByteBuffer buffer, long offset, int pattern) {
        ByteBuffer from = buffer.order(ByteOrder.LITTLE_ENDIAN);
        int begin = from.position();
        int i = 0;
        int length = from.remaining();
        if ((offset & 7) == 0) {
            while (i + 8 <= length
                    && from.getLong(begin + i) == word((offset + i) >>> 3, pattern)) {
                i += 8;
            }
        }
        while (i < length && from.get(begin + i) == at(offset + i, pattern)) {
            i++;
        }
        return i;
    }

    /** As {@link #agree}, for bytes that must be zero. */
    public static int agreeZero(ByteBuffer buffer) {
        ByteBuffer from = buffer.order(ByteOrder.LITTLE_ENDIAN);
        int begin = from.position();
        int length = from.remaining();
        int i = 0;
        while (i + 32 <= length && (from.getLong(begin + i) | from.getLong(begin + i + 8)
                | from.getLong(begin + i + 16) | from.getLong(begin + i + 24)) == 0) {
            i += 32;
        }
        while (i < length && from.get(begin + i) == 0) {
            i++;
        }
        return i;
    }
}

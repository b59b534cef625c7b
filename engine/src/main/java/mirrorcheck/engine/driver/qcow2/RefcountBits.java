// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The entries of a refcount block.
 *
 * <pre>
 * refcount_order 0, 1, 2   8, 4, 2 entries in a byte, the first in the least significant bits
 * refcount_order 3 to 6    an entry has 1, 2, 4, 8 bytes, big-endian
 * </pre>
 */
final class RefcountBits {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int order;

    RefcountBits(int order) {
        this.order = order;
    }

    /** The largest refcount, unsigned; 63 bits are enough for the widest. */
    long max() {
        return order == 6 ? Long.MAX_VALUE : (1L << (1 << order)) - 1;
    }

    /** A refcount; one of more than 63 bits comes out as the largest. */
    long get(byte[] block, int index) {
        return switch (order) {
            case 0, 1, 2 -> {
                int bit = index << order;
                yield block[bit >> 3] >> (bit & 7) & (1 << (1 << order)) - 1;
            }
            case 3 -> block[index] & 0xff;
            case 4 -> (short) SHORTS.get(block, index << 1) & 0xffff;
            case 5 -> (int) INTS.get(block, index << 2) & 0xffff_ffffL;
            default -> {
                long value = (long) LONGS.get(block, index << 3);
                yield value < 0 ? Long.MAX_VALUE : value;
            }
        };
    }

    /** Sets a refcount of 0 to {@link #max}. */
    void set(Table block, int index, long value) {
        byte[] bytes = block.bytes();
        int at = index << order >> 3;
        switch (order) {
            case 0, 1, 2 -> {
                int shift = index << order & 7;
                int mask = (1 << (1 << order)) - 1 << shift;
                bytes[at] = (byte) (bytes[at] & ~mask | value << shift);
            }
            case 3 -> bytes[at] = (byte) value;
            case 4 -> SHORTS.set(bytes, at, (short) value);
            case 5 -> INTS.set(bytes, at, (int) value);
            default -> LONGS.set(bytes, at, value);
        }
        block.touch(at, at + Math.max(1, 1 << order >> 3));
    }
}

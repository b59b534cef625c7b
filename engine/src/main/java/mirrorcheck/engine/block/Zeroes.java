// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import mirrorcheck.engine.host.Buffers;

/** Finds out whether memory holds nothing but zero bytes, and provides some that does. */
public final class Zeroes {
    /**
     * Size of {@link #bytes}: the longest write of zero bytes where zeroes cannot be written
     * otherwise, 16 MiB.
     */
    public static final long BYTES = 16L << 20;

    private static final long STEP = 8 * Long.BYTES;

    private Zeroes() {
    }

    private static final class Holder {
        static final MemorySegment BYTES =
                Buffers.allocate(Arena.global(), Zeroes.BYTES).asReadOnly();
    }

    /**
     * Native memory of {@link #BYTES} zero bytes, read-only, aligned for direct I/O; shared by
     * everyone.
     */
    public static MemorySegment bytes() {
        return Holder.BYTES;
    }

    /**
     * Whether every byte is zero. Stops within 64 bytes of the first that is not.
     *
     * @param segment native or heap, of any length and alignment; an empty one is all zero
     */
    public static boolean isZero(MemorySegment segment) {
        long bytes = segment.byteSize();
        long offset = 0;
        // Eight independent loads a round: twice as fast as a comparison with a zeroed segment, and
        // no flags needed.
        for (; offset <= bytes - STEP; offset += STEP) {
            if (eightLongs(segment, offset) != 0) {
                return false;
            }
        }
        for (; offset <= bytes - Long.BYTES; offset += Long.BYTES) {
            if (segment.get(JAVA_LONG_UNALIGNED, offset) != 0) {
                return false;
            }
        }
        for (; offset < bytes; offset++) {
            if (segment.get(JAVA_BYTE, offset) != 0) {
                return false;
            }
        }
        return true;
    }

    private static long eightLongs(MemorySegment segment, long offset) {
        return segment.get(JAVA_LONG_UNALIGNED, offset)
                | segment.get(JAVA_LONG_UNALIGNED, offset + 8)
                | segment.get(JAVA_LONG_UNALIGNED, offset + 16)
                | segment.get(JAVA_LONG_UNALIGNED, offset + 24)
                | segment.get(JAVA_LONG_UNALIGNED, offset + 32)
                | segment.get(JAVA_LONG_UNALIGNED, offset + 40)
                | segment.get(JAVA_LONG_UNALIGNED, offset + 48)
                | segment.get(JAVA_LONG_UNALIGNED, offset + 56);
    }
}

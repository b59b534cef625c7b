// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ZeroesTest {
    private static final int LONGEST = 200;
    private static final int MISALIGNMENTS = 8;

    @Test
    void findsAByteAtEveryPositionOfEveryLength() {
        try (Arena arena = Arena.ofConfined()) {
            checkAll(arena.allocate(LONGEST + MISALIGNMENTS + 1, 64));
        }
        checkAll(MemorySegment.ofArray(new byte[LONGEST + MISALIGNMENTS + 1]));
    }

    private static void checkAll(MemorySegment memory) {
        for (int start = 0; start < MISALIGNMENTS; start++) {
            for (int length = 0; length <= LONGEST; length++) {
                checkEveryPosition(memory, start, length);
            }
        }
    }

    private static void checkEveryPosition(MemorySegment memory, int start, int length) {
        MemorySegment segment = memory.asSlice(start, length);
        // What lies around must not matter.
        memory.fill((byte) -1);
        segment.fill((byte) 0);
        assertTrue(Zeroes.isZero(segment), start + " " + length);
        for (int i = 0; i < length; i++) {
            segment.set(ValueLayout.JAVA_BYTE, i, (byte) (i % 2 == 0 ? 1 : 0x80));
            assertFalse(Zeroes.isZero(segment), start + " " + length + " " + i);
            segment.set(ValueLayout.JAVA_BYTE, i, (byte) 0);
        }
    }

    @Test
    void takesHeapMemoryOfOtherTypes() {
        long[] longs = new long[100];
        assertTrue(Zeroes.isZero(MemorySegment.ofArray(longs)));
        longs[99] = 1L << 63;
        assertFalse(Zeroes.isZero(MemorySegment.ofArray(longs)));
    }

    @Test
    void providesZeroBytesThatNobodyCanChange() {
        MemorySegment zeroes = Zeroes.bytes();
        assertEquals(16 << 20, zeroes.byteSize());
        assertTrue(zeroes.isReadOnly());
        assertTrue(Zeroes.isZero(zeroes));
        assertEquals(0, zeroes.address() % 4096);
    }
}

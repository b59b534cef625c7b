// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.mirror.InFlight.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who waits for whom, and how much may be in flight. */
class InFlightTest {
    private final InFlight inFlight = new InFlight();

    @ParameterizedTest(name = "{2}+{3} after {0}+{1} waits: {4}")
    @CsvSource({"0, 10, 10, 5, false", "0, 10, 9, 5, true", "10, 5, 0, 10, false",
            "10, 5, 0, 11, true",
        "5, 1, 0, 100, true", "0, 100, 5, 1, true", "5, 5, 5, 5, true",
        "9223372036854775296, 511, 9223372036854775806, 1, true",
        "0, 512, 9223372036854775295, 512, false"})
    void laterWaitsForWhatItOverlaps(long offset, long bytes, long laterOffset, long laterBytes,
            boolean waits) {
        Range first = inFlight.add(offset, bytes);
        Range later = inFlight.add(laterOffset, laterBytes);

        assertEquals(waits, inFlight.mustWait(later));
        assertFalse(inFlight.mustWait(first));
        inFlight.remove(first);
        assertFalse(inFlight.mustWait(later));
    }

    @Test
    void waitingNeverGoesInACircle() {
        Range[] ranges = new Range[8];
        for (int i = 0; i < ranges.length; i++) {
            ranges[i] = inFlight.add(i % 3, 4);
        }
        for (int i = 0; i < ranges.length; i++) {
            assertFalse(inFlight.mustWait(ranges[i]));
            inFlight.remove(ranges[i]);
        }
    }

    @Test
    void requestTakesTheRunsPlaceInTheQueue() {
        Range run = inFlight.add(0, 100);
        Range guest = inFlight.add(10, 10);
        Range request = inFlight.split(run, 50, 50);

        assertTrue(inFlight.mustWait(guest));
        assertFalse(inFlight.mustWait(request));
        assertEquals(50, run.offset());
        assertEquals(50, run.bytes());
        inFlight.remove(run);
        assertTrue(inFlight.mustWait(guest));
        inFlight.settle(request);
        assertFalse(inFlight.mustWait(guest));
    }

    @Test
    void skippedPartOfARunIsNobodysConcern() {
        Range run = inFlight.add(0, 100);
        Range guest = inFlight.add(10, 10);
        inFlight.skip(run, 20);

        assertFalse(inFlight.mustWait(guest));
        assertEquals(20, run.offset());
        assertEquals(100, run.end());
    }

    @Test
    void conflictIsTheLowestOverlap() {
        inFlight.add(30, 10);
        Range lowest = inFlight.add(5, 10);
        inFlight.add(0, 4);

        assertSame(lowest, inFlight.conflict(new ChunkRange(4, 30)));
        assertNull(inFlight.conflict(new ChunkRange(15, 15)));
    }

    @ParameterizedTest(name = "{2}+{3} beside {0}+{1}: {4}")
    @CsvSource({"0, 10, 10, 5, false", "0, 10, 9, 5, true", "10, 5, 0, 11, true"})
    void meetsWhateverOverlapsItEarlierOrLater(long offset, long bytes, long otherOffset,
            long otherBytes, boolean meets) {
        Range one = inFlight.add(offset, bytes);
        assertFalse(inFlight.meetsAnother(one));
        Range other = inFlight.add(otherOffset, otherBytes);

        assertEquals(meets, inFlight.meetsAnother(one));
        assertEquals(meets, inFlight.meetsAnother(other));
    }

    @Test
    void sixteenRequestsAndTheWindowAreTheBounds() {
        Range run = inFlight.add(0, 1000);
        Range first = inFlight.split(run, 60, 60);

        assertTrue(inFlight.hasRoomFor(40, 100));
        assertFalse(inFlight.hasRoomFor(41, 100));
        for (int i = 1; i < InFlight.MAX_REQUESTS; i++) {
            assertTrue(inFlight.hasRoomFor(0, 100));
            inFlight.split(run, 1, 0);
        }
        assertFalse(inFlight.hasRoomFor(0, 100));
        inFlight.settle(first);
        assertTrue(inFlight.hasRoomFor(100, 100));
        assertEquals(15, inFlight.requests());
    }

    @Test
    void oneRequestIsAlwaysAllowed() {
        assertTrue(inFlight.hasRoomFor(Long.MAX_VALUE, 1));
    }

    @Test
    void rangeThatWasGivenUpCannotWait() {
        Range range = inFlight.add(7, 1);
        inFlight.remove(range);

        assertEquals("range not in flight: offset 7",
                assertThrows(IllegalStateException.class, () -> inFlight.mustWait(range))
                        .getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every moment at which a mirror learns something about chunks, and to which side it rounds. */
class TrackingTest {
    private static final long CHUNK = 64 << 10;
    private static final int CHUNKS = 8;

    private final Tracking tracking = tracking(true);

    private static Tracking tracking(boolean tracksZeroes) {
        return new Tracking(Geometry.of(CHUNKS * CHUNK, CHUNK, 0, Limits.NONE), tracksZeroes);
    }

    /** A digit for each chunk: 1 if it is dirty. */
    private String dirty() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < CHUNKS; i++) {
            ChunkRange run = tracking.nextDirty(i * CHUNK, CHUNK);
            text.append(run != null && run.offset() == i * CHUNK ? '1' : '0');
        }
        return text.toString();
    }

    /** A digit for each chunk: 1 if the target is known to be zero there. */
    private String zero() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < CHUNKS; i++) {
            text.append(tracking.knownZero(i * CHUNK, CHUNK) ? '1' : '0');
        }
        return text.toString();
    }

    private void happens(String moment, long offset, long bytes) {
        switch (moment) {
            case "found" -> tracking.found(offset, bytes);
            case "guest wrote" -> tracking.guestWrote(offset, bytes);
            case "failed" -> tracking.failed(offset, bytes);
            case "active write begins" -> tracking.activeWriteBegins(offset, bytes);
            case "data issued" -> tracking.dataIssued(offset, bytes);
            case "zeroed" -> tracking.zeroed(offset, bytes);
            case "guest zeroed" -> tracking.guestZeroed(offset, bytes);
            case "copied" -> tracking.copied(offset, bytes);
            case "picked" -> tracking.picked(offset, bytes);
            default -> throw new IllegalArgumentException(moment);
        }
    }

    @ParameterizedTest(name = "{0}: dirty {1}, zero {2}")
    @CsvSource({
        "found,               01110000, 00000000",
        "guest wrote,         01110000, 00000000",
        "failed,              01110000, 00000000",
        "zeroed,              00000000, 00100000",
        "guest zeroed,        00000000, 00100000",
        "data issued,         00000000, 00000000",
        "copied,              00000000, 00000000"})
    void onACleanImageOfWhichNothingIsKnown(String moment, String dirty, String zero) {
        happens(moment, CHUNK + 512, 2 * CHUNK);

        assertEquals(dirty, dirty());
        assertEquals(zero, zero());
    }

    @ParameterizedTest(name = "{0}: dirty {1}, zero {2}")
    @CsvSource({
        "guest wrote,         11111111, 11111111",
        "failed,              11111111, 11111111",
        "active write begins, 11011111, 11111111",
        "data issued,         11111111, 10001111",
        "zeroed,              11111111, 11111111",
        "guest zeroed,        11111111, 11111111",
        "copied,              11111111, 11111111"})
    void onADirtyImageWhoseTargetIsZero(String moment, String dirty, String zero) {
        tracking.targetIsZero();
        tracking.found(0, CHUNKS * CHUNK);

        happens(moment, CHUNK + 512, 2 * CHUNK);

        assertEquals(dirty, dirty());
        assertEquals(zero, zero());
    }

    @Test
    void aRunThatIsPickedIsCleanUntilAGuestWritesThere() {
        tracking.found(0, CHUNKS * CHUNK);

        tracking.picked(2 * CHUNK, 3 * CHUNK);
        assertEquals("11000111", dirty());
        assertEquals(5 * CHUNK, tracking.dirtyBytes());

        tracking.guestWrote(4 * CHUNK, 1);
        assertEquals("11001111", dirty());
        assertEquals(new ChunkRange(4 * CHUNK, 2 * CHUNK),
                tracking.nextDirty(2 * CHUNK, 2 * CHUNK));
    }

    @Test
    void withoutAZeroBitmapNothingIsKnownToBeZero() {
        Tracking none = tracking(false);
        none.targetIsZero();
        none.zeroed(0, CHUNKS * CHUNK);
        none.guestZeroed(0, CHUNKS * CHUNK);
        none.dataIssued(0, CHUNK);

        assertFalse(none.knownZero(0, CHUNK));
        assertNull(none.nextDirty(0, CHUNK));
    }

    @Test
    void aRangeIsKnownToBeZeroIfAllOfItIs() {
        tracking.targetIsZero();
        tracking.dataIssued(3 * CHUNK, 1);

        assertTrue(tracking.knownZero(0, 3 * CHUNK));
        assertFalse(tracking.knownZero(2 * CHUNK, 2 * CHUNK));
    }
}

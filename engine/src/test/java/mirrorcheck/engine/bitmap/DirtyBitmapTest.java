// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dirty bitmap loses nothing: it marks outwards and forgets inwards. */
class DirtyBitmapTest {
    private static final long CHUNK = 512;

    private static DirtyBitmap dirtyEverywhere(long length) {
        DirtyBitmap dirty = new DirtyBitmap(length, CHUNK);
        dirty.markAll();
        return dirty;
    }

    @Test
    void aNewBitmapIsClean() {
        DirtyBitmap dirty = new DirtyBitmap(2000, CHUNK);
        assertEquals(0, dirty.dirtyBytes());
        assertNull(dirty.run(0, CHUNK));
        assertEquals(2000, dirty.length());
        assertEquals(CHUNK, dirty.granularity());
    }

    @Test
    void oneByteMarksItsChunk() {
        DirtyBitmap dirty = new DirtyBitmap(2000, CHUNK);
        dirty.mark(1023, 2);
        assertEquals(".##.", BitmapTest.draw(dirty.bits));
        assertTrue(dirty.isDirty(512));
        assertFalse(dirty.isDirty(511));
        assertEquals(1024, dirty.dirtyBytes());
    }

    /** B07: what a short write did not write is still dirty. */
    @ParameterizedTest(name = "[{0}, +{1}) leaves {2}")
    @CsvSource({
        " 600, 100, ####",
        "1000, 100, ####",
        " 512, 512, #.##",
        " 500, 536, #.##",
        "   0, 2000, ....",
        "1536, 464, ###.",
        "1537, 463, ####",
        "1536, 463, ####",
    })
    void aGuestWriteCleansOnlyChunksItCovers(long offset, long bytes, String left) {
        DirtyBitmap dirty = dirtyEverywhere(2000);
        dirty.clearCovered(offset, bytes);
        assertEquals(left, BitmapTest.draw(dirty.bits));
    }

    @ParameterizedTest(name = "[{0}, +{1}) leaves {2}")
    @CsvSource({
        "   0,    0, ####",
        "   0,  512, .###",
        " 512, 1024, #..#",
        "1536,  464, ###.",
        "   0, 2000, ....",
        "2000,    0, ####",
    })
    void wholeChunksAreCleared(long offset, long bytes, String left) {
        DirtyBitmap dirty = dirtyEverywhere(2000);
        dirty.clear(offset, bytes);
        assertEquals(left, BitmapTest.draw(dirty.bits));
    }

    @ParameterizedTest(name = "[{0}, +{1})")
    @CsvSource({"0,511", "1,511", "1,512", "0,1999", "1536,463", "100,1900", "100,0"})
    void partsOfChunksAreRefused(long offset, long bytes) {
        DirtyBitmap dirty = dirtyEverywhere(2000);
        var refused = assertThrows(
                IllegalArgumentException.class, () -> dirty.clear(offset, bytes));
        assertEquals("dirty bitmap: not a range of whole chunks: offset " + offset + ", bytes "
                + bytes + ", granularity 512", refused.getMessage());
        assertEquals(2000, dirty.dirtyBytes());
    }

    @ParameterizedTest(name = "[{0}, +{1}): {2}")
    @CsvSource({
        "   0, 0, false", " 600, 0, false", "0, 512, false", "0, 513, true", "600, 1, true",
        "1023, 1, true", "1024, 976, false", "0, 2000, true",
    })
    void anyDirty(long offset, long bytes, boolean expected) {
        DirtyBitmap dirty = new DirtyBitmap(2000, CHUNK);
        dirty.mark(512, 1);
        assertEquals(expected, dirty.anyDirty(offset, bytes));
    }

    @ParameterizedTest(name = "from {0} at most {1}: {2} +{3}")
    @CsvSource({
        // dirty: chunks 1, 2, 3 and 6, the last, which has 100 bytes
        "   0, 10000,  512, 1536",
        " 511, 10000,  512, 1536",
        "1000, 10000,  512, 1536",   // rounded down to its chunk
        "1024, 10000, 1024, 1024",
        "   0,     1,  512,  512",   // rounded up to whole chunks
        "   0,   512,  512,  512",
        "   0,   513,  512, 1024",
        "   0,  1535,  512, 1536",
        "   0,  1536,  512, 1536",
        "   0, 9223372036854775807, 512, 1536",
        "2048, 10000, 3072,  100",
        "3171,     1, 3072,  100",
        "3072,   101, 3072,  100",
        "3100, 9223372036854775807, 3072, 100",
    })
    void runs(long from, long maxBytes, long offset, long bytes) {
        DirtyBitmap dirty = new DirtyBitmap(3172, CHUNK);
        dirty.mark(512, 1536);
        dirty.mark(3171, 1);
        assertEquals(new ChunkRange(offset, bytes), dirty.run(from, maxBytes));
    }

    @Test
    void noRunBehindTheLastDirtyChunkOrTheEnd() {
        DirtyBitmap dirty = new DirtyBitmap(3172, CHUNK);
        dirty.mark(512, 1536);
        assertNull(dirty.run(2048, 10_000));
        assertNull(dirty.run(3172, 10_000));
        assertNull(dirty.run(4000, 10_000));
        assertNull(new DirtyBitmap(0, CHUNK).run(0, 1));
    }

    @Test
    void aRunOfTheLargestImageDoesNotOverflow() {
        DirtyBitmap dirty = new DirtyBitmap(Bitmap.MAX_LENGTH, Bitmap.MAX_GRANULARITY);
        dirty.markAll();
        ChunkRange everything = new ChunkRange(0, Bitmap.MAX_LENGTH);
        assertEquals(everything, dirty.run(0, Bitmap.MAX_LENGTH - 1));
        assertEquals(everything, dirty.run(0, Bitmap.MAX_LENGTH));
        assertEquals(everything, dirty.run(0, Long.MAX_VALUE));
        ChunkRange last = dirty.run(Bitmap.MAX_LENGTH - 1, Long.MAX_VALUE);
        assertEquals(Bitmap.MAX_LENGTH, last.end());
        assertEquals(Bitmap.MAX_GRANULARITY - 512, last.bytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aRunOfNothingIsRefused(long maxBytes) {
        DirtyBitmap dirty = dirtyEverywhere(2000);
        var refused = assertThrows(IllegalArgumentException.class, () -> dirty.run(0, maxBytes));
        assertEquals("dirty bitmap: maxBytes must be greater than 0: " + maxBytes,
                refused.getMessage());
    }

    /** The loop of a mirror: take a run, clear it, go on behind it, until nothing is left. */
    @Test
    void runsTakenOneAfterTheOtherVisitEveryDirtyByteOnce() {
        DirtyBitmap dirty = dirtyEverywhere(CHUNK * 10_000 - 1);
        dirty.clearCovered(CHUNK * 4000, CHUNK * 200);
        List<ChunkRange> taken = new ArrayList<>();
        for (ChunkRange run = dirty.run(0, CHUNK * 3000); run != null;
                run = dirty.run(run.end(), CHUNK * 3000)) {
            dirty.clear(run.offset(), run.bytes());
            taken.add(run);
        }
        assertEquals(List.of(
                new ChunkRange(0, CHUNK * 3000),
                new ChunkRange(CHUNK * 3000, CHUNK * 1000),
                new ChunkRange(CHUNK * 4200, CHUNK * 3000),
                new ChunkRange(CHUNK * 7200, CHUNK * 2800 - 1)), taken);
        assertEquals(0, dirty.dirtyBytes());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images up to 8 EiB: no 32-bit slip, no overflow at the end, and memory only where chunks differ.
 */
class BitmapSizeTest {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long TIB = 1L << 40;
    private static final long PIB = 1L << 50;

    @ParameterizedTest
    @ValueSource(longs = {512, 64 * KIB, 64 * MIB})
    void theLastChunkOfTheLargestImage(long granularity) {
        long length = Bitmap.MAX_LENGTH;
        long last = length - 1 & -granularity;
        Bitmap bitmap = new Bitmap(length, granularity);

        bitmap.setInwards(last + 1, length - last - 1);
        assertEquals(0, bitmap.setBytes(), "touched, not covered");

        bitmap.setInwards(last, length - last);
        assertEquals(length - last, bitmap.setBytes());
        assertEquals(last, bitmap.nextSet(0));
        assertEquals(last, bitmap.nextSet(length - 1));
        assertEquals(-1, bitmap.nextClear(last));
        assertTrue(bitmap.get(length - 1));
        assertFalse(bitmap.get(last - 1));
        assertTrue(bitmap.allSet(last, length - last));
        assertFalse(bitmap.allSet(last - 1, length - last + 1));
        assertTrue(bitmap.noneSet(0, last));
        assertFalse(bitmap.noneSet(0, last + 1));

        bitmap.setAll();
        assertEquals(length, bitmap.setBytes());
        bitmap.clearOutwards(length - 1, 1);
        assertEquals(last, bitmap.setBytes());
        assertEquals(last, bitmap.nextClear(0));
        assertEquals(-1, bitmap.nextSet(last));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // powers of two at which an int, a shifted int or a signed sum would slip
        "31", "32", "40", "41", "43", "47", "62",
    })
    void chunksAroundPowersOfTwo(int power) {
        long boundary = 1L << power;
        Bitmap bitmap = new Bitmap(Bitmap.MAX_LENGTH, 512);
        bitmap.setOutwards(boundary - 1, 2);
        assertEquals(boundary - 512, bitmap.nextSet(0));
        assertEquals(boundary, bitmap.nextSet(boundary));
        assertEquals(boundary + 512, bitmap.nextClear(boundary - 512));
        assertEquals(1024, bitmap.setBytes());
        bitmap.clearInwards(0, boundary);
        assertEquals(boundary, bitmap.nextSet(0));
        assertEquals(512, bitmap.setBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 64 * KIB, 64 * MIB})
    void aPebibyteOfOneValueTakesNoMemory(long granularity) {
        Bitmap bitmap = new Bitmap(PIB - 300, granularity);
        assertEquals(0, bitmap.allocatedNodes());
        bitmap.setAll();
        assertEquals(0, bitmap.allocatedNodes());

        bitmap.clearOutwards(PIB / 3, 1);
        assertTrue(bitmap.allocatedNodes() > 0);
        assertTrue(bitmap.allocatedNodes() <= 8, "one node a level");
        bitmap.setOutwards(PIB / 3, 1);
        assertEquals(0, bitmap.allocatedNodes());
    }

    /**
     * Inwards from an odd byte: the first chunk stays out, all others go in, the short last one
     * too.
     */
    @Test
    void aPebibyteFilledFromAnOddByteTakesOnePath() {
        Bitmap bitmap = new Bitmap(PIB - 300, 64 * KIB);
        bitmap.setInwards(1, PIB - 301);
        assertEquals(5, bitmap.allocatedNodes(), "2^34 chunks: four branches and a page");
        assertEquals(PIB - 300 - 64 * KIB, bitmap.setBytes());
    }

    /** 5 bits a chunk is the bound; the worst is every second chunk, where no page is uniform. */
    @Test
    void pagesAreAllocatedOnlyWhereChunksDiffer() {
        Bitmap bitmap = new Bitmap(TIB, 64 * KIB);
        long chunks = 1L << 16;
        for (long chunk = 0; chunk < chunks; chunk += 2) {
            bitmap.setOutwards(chunk * 64 * KIB, 1);
        }
        long pages = chunks >> 12;
        long branches = 2;
        assertEquals(pages + branches, bitmap.allocatedNodes());
        assertTrue(bitmap.allocatedNodes() * 600 * 8 < 5 * chunks, "600 bytes a node");
    }

    /** A hundred thousand searches; one that walked pages would pass 4 million of them each. */
    @Test
    void searchesSkipWhatIsUniform() {
        Bitmap bitmap = new Bitmap(PIB, 64 * KIB);
        bitmap.setOutwards(PIB - 1, 1);
        bitmap.setOutwards(0, 1);
        long sum = 0;
        for (int i = 1; i <= 100_000; i++) {
            sum += bitmap.nextSet(i * 64 * KIB);
        }
        assertEquals(100_000 * (PIB - 64 * KIB), sum);
    }
}

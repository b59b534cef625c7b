// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The zero bitmap never claims too much: it forgets outwards and learns inwards. */
class ZeroBitmapTest {
    private static final long CHUNK = 512;

    @Test
    void aNewBitmapKnowsNothingAndAFullOneAll() {
        ZeroBitmap zero = new ZeroBitmap(2000, CHUNK);
        assertEquals(0, zero.zeroBytes());
        assertFalse(zero.covers(0, 1));
        zero.fill();
        assertEquals(2000, zero.zeroBytes());
        assertTrue(zero.covers(0, 2000));
        assertEquals(2000, zero.length());
        assertEquals(CHUNK, zero.granularity());
    }

    /** N01: data in a part of a chunk makes all of it unknown. */
    @ParameterizedTest(name = "[{0}, +{1}) leaves {2}")
    @CsvSource({
        " 600,    1, #.##",
        " 512,  512, #.##",
        "1023,    2, #..#",
        " 500,  600, ...#",
        "1999,    1, ###.",
        " 600,    0, ####",
    })
    void dataForgetsEveryChunkItTouches(long offset, long bytes, String left) {
        ZeroBitmap zero = new ZeroBitmap(2000, CHUNK);
        zero.fill();
        zero.clear(offset, bytes);
        assertEquals(left, BitmapTest.draw(zero.bits));
    }

    /** N02 and B01: zeroes in a part of a chunk say nothing of the rest. */
    @ParameterizedTest(name = "[{0}, +{1}) learns {2}")
    @CsvSource({
        " 600,  100, ....",
        " 512,  511, ....",
        "1000,  100, ....",
        " 512,  512, .#..",
        " 500,  536, .#..",
        "1536,  464, ...#",
        "1500,  500, ...#",
        "1536,  463, ....",
        "   0, 2000, ####",
    })
    void zeroesTeachOnlyChunksTheyCover(long offset, long bytes, String learnt) {
        ZeroBitmap zero = new ZeroBitmap(2000, CHUNK);
        zero.set(offset, bytes);
        assertEquals(learnt, BitmapTest.draw(zero.bits));
    }

    @ParameterizedTest(name = "[{0}, +{1}): {2}")
    @CsvSource({
        " 600,    0, true",    // nothing to write is nothing to skip wrongly
        "   0,    1, false",
        " 600,  100, true",
        " 512, 1024, true",
        " 511,    2, false",
        "1535,    2, false",
        "   0, 2000, false",
    })
    void coversAsksEveryChunkTouched(long offset, long bytes, boolean expected) {
        ZeroBitmap zero = new ZeroBitmap(2000, CHUNK);
        zero.set(512, 1024);
        assertEquals(expected, zero.covers(offset, bytes));
    }

    /** Rules ZERO-2 to ZERO-4: a chunk may be zeroed, written and zeroed again while the job runs. */
    @Test
    void zeroedWrittenAndZeroedAgain() {
        ZeroBitmap zero = new ZeroBitmap(2000, CHUNK);
        zero.fill();
        zero.clear(700, 12);
        assertFalse(zero.covers(512, 512), "the data must be overwritten");
        zero.set(700, 12);
        assertFalse(zero.covers(512, 512), "only a part of the chunk was");
        assertEquals(2000 - 512, zero.zeroBytes());
        zero.set(512, 512);
        assertTrue(zero.covers(0, 2000));
    }
}

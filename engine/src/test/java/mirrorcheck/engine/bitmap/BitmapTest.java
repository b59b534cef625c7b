// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a bitmap does, on images of four chunks that fit in a line. */
class BitmapTest {
    private static final long CHUNK = 512;

    /** One character a chunk: # set, . clear. */
    static String draw(Bitmap bitmap) {
        StringBuilder drawing = new StringBuilder();
        for (long offset = 0; offset < bitmap.length(); offset += bitmap.granularity()) {
            drawing.append(bitmap.get(offset) ? '#' : '.');
        }
        return drawing.toString();
    }

    @ParameterizedTest(name = "length {0}: [{1}, +{2}) outwards {3} inwards {4}")
    @CsvSource({
        // length, offset, bytes, outwards, inwards
        "2048,    0,    0, ....,  ....",   // nothing at the start
        "2048, 1024,    0, ....,  ....",   // nothing in the middle
        "2048, 1100,    0, ....,  ....",   // nothing inside a chunk
        "2048, 2048,    0, ....,  ....",   // nothing at the end
        "2048,    0, 2048, ####,  ####",   // everything
        "2048,  512,  512, .#..,  .#..",   // exactly one chunk
        "2048,  512, 1024, .##.,  .##.",   // exactly two
        "2048,  600,    1, .#..,  ....",   // one byte
        "2048,  600,  100, .#..,  ....",   // inside one chunk: touches it, covers nothing (B01)
        "2048,  512,  100, .#..,  ....",   // begins with the chunk
        "2048,  924,  100, .#..,  ....",   // ends with the chunk
        "2048,  512,  511, .#..,  ....",   // all but its last byte
        "2048,  513,  511, .#..,  ....",   // all but its first byte
        "2048, 1000,  100, .##.,  ....",   // over a boundary, covers neither
        "2048,  500,  536, ###.,  .#..",   // a chunk and a bit on both sides
        "2048,  511,  514, ###.,  .#..",   // a chunk and a byte on both sides
        "2048, 1536,  512, ...#,  ...#",   // the last chunk
        "2048, 1537,  511, ...#,  ....",   // the last chunk without its first byte
        "2048, 1536,  511, ...#,  ....",   // the last chunk without its last byte
        "2047, 1536,  511, ...#,  ...#",   // a short last chunk is covered by what there is of it
        "2047, 1536,  510, ...#,  ....",
        "2047, 1537,  510, ...#,  ....",
        "2047, 1500,  547, ..##,  ...#",
        "2047, 2047,    0, ....,  ....",
        "1537, 1536,    1, ...#,  ...#",   // a last chunk of one byte
        "1537, 1535,    2, ..##,  ...#",
        "1537, 1024,  512, ..#.,  ..#.",
        "   1,    0,    1, #,     #",      // an image of one byte
        " 512,    0,  512, #,     #",
        " 513,    0,  512, #.,    #.",
        " 513,    0,  513, ##,    ##",
        " 513,  512,    1, .#,    .#",
    })
    void rounding(long length, long offset, long bytes, String outwards, String inwards) {
        Bitmap set = new Bitmap(length, CHUNK);
        set.setOutwards(offset, bytes);
        assertEquals(outwards, draw(set), "setOutwards");

        set.clearAll();
        set.setInwards(offset, bytes);
        assertEquals(inwards, draw(set), "setInwards");

        Bitmap cleared = new Bitmap(length, CHUNK);
        cleared.setAll();
        cleared.clearOutwards(offset, bytes);
        assertEquals(inverse(outwards), draw(cleared), "clearOutwards");

        cleared.setAll();
        cleared.clearInwards(offset, bytes);
        assertEquals(inverse(inwards), draw(cleared), "clearInwards");
    }

    private static String inverse(String drawing) {
        return drawing.replace('#', '?').replace('.', '#').replace('?', '.');
    }

    @ParameterizedTest(name = "[{0}, +{1}) of .##. touches set {2} clear {3}")
    @CsvSource({
        // offset, bytes, touches a set chunk, touches a clear chunk
        "   0,    0, false, false",
        " 600,    0, false, false",
        "2000,    0, false, false",
        "   0,    1, false, true",
        "   0,  512, false, true",
        "   0,  513, true,  true",
        " 511,    1, false, true",
        " 511,    2, true,  true",
        " 512,    1, true,  false",
        " 700, 1023, true,  true",
        " 700,  836, true,  false",
        " 512, 1024, true,  false",
        "1535,    1, true,  false",
        "1535,    2, true,  true",
        "1536,  464, false, true",
        "   0, 2000, true,  true",
    })
    void questionsAreAboutChunksTouched(
            long offset, long bytes, boolean touchesSet, boolean touchesClear) {
        Bitmap bitmap = new Bitmap(2000, CHUNK);
        bitmap.setOutwards(512, 1024);
        assertEquals(!touchesSet, bitmap.noneSet(offset, bytes), "noneSet");
        assertEquals(!touchesClear, bitmap.allSet(offset, bytes), "allSet");
    }

    @ParameterizedTest(name = "from {0}: next set {1}, next clear {2}")
    @CsvSource({
        "   0,  512,    0",
        " 511,  512,    0",   // rounded down to its chunk, never further
        " 512,  512, 1536",
        "1023,  512, 1536",
        "1024, 1024, 1536",
        "1535, 1024, 1536",
        "1536,   -1, 1536",
        "1999,   -1, 1536",
        "2000,   -1,   -1",   // the end, and past it
        "2048,   -1,   -1",
        "9223372036854775807, -1, -1",
    })
    void searches(long from, long nextSet, long nextClear) {
        Bitmap bitmap = new Bitmap(2000, CHUNK);
        bitmap.setOutwards(512, 1024);
        assertEquals(nextSet, bitmap.nextSet(from), "nextSet");
        assertEquals(nextClear, bitmap.nextClear(from), "nextClear");
    }

    @ParameterizedTest(name = "length {0}: last chunk alone {1}")
    @CsvSource({"1,1", "511,511", "512,512", "513,1", "1024,512", "2097152,512", "2097153,1"})
    void setBytesClipsTheLastChunk(long length, long lastChunk) {
        Bitmap bitmap = new Bitmap(length, CHUNK);
        assertEquals(0, bitmap.setBytes());
        bitmap.setOutwards(length - 1, 1);
        assertEquals(lastChunk, bitmap.setBytes());
        bitmap.setAll();
        assertEquals(length, bitmap.setBytes());
        bitmap.clearOutwards(length - 1, 1);
        assertEquals(length - lastChunk, bitmap.setBytes());
        bitmap.clearAll();
        assertEquals(0, bitmap.setBytes());
    }

    @Test
    void settingTwiceCountsOnce() {
        Bitmap bitmap = new Bitmap(2048, CHUNK);
        bitmap.setOutwards(0, 1024);
        bitmap.setOutwards(512, 1024);
        assertEquals(1536, bitmap.setBytes());
        bitmap.clearOutwards(1024, 1024);
        bitmap.clearOutwards(1024, 512);
        assertEquals(1024, bitmap.setBytes());
    }

    @Test
    void anEmptyImageHasNoChunks() {
        Bitmap bitmap = new Bitmap(0, CHUNK);
        bitmap.setAll();
        bitmap.setOutwards(0, 0);
        bitmap.setInwards(0, 0);
        assertEquals(0, bitmap.setBytes());
        assertEquals(-1, bitmap.nextSet(0));
        assertEquals(-1, bitmap.nextClear(0));
        assertTrue(bitmap.allSet(0, 0));
        assertTrue(bitmap.noneSet(0, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> bitmap.get(0));
    }

    @ParameterizedTest(name = "offset {0} bytes {1}")
    @CsvSource({
        "-1, 1", "0, -1", "0, 2001", "2000, 1", "2001, 0", "1999, 2", "-512, 512",
        "1, 9223372036854775807", "9223372036854775807, 1",
        "9223372036854775807, 9223372036854775807", "-9223372036854775808, 0",
        "0, -9223372036854775808",
    })
    void aRangeOutsideIsRefusedAndChangesNothing(long offset, long bytes) {
        Bitmap bitmap = new Bitmap(2000, CHUNK);
        bitmap.setOutwards(512, 1024);
        String text = "bitmap: range outside of 0 to 2000: offset " + offset + ", bytes " + bytes;
        for (RangeCall call : new RangeCall[] {bitmap::setOutwards, bitmap::setInwards,
            bitmap::clearOutwards, bitmap::clearInwards, bitmap::allSet, bitmap::noneSet}) {
            var refused = assertThrows(
                    IndexOutOfBoundsException.class, () -> call.on(offset, bytes));
            assertEquals(text, refused.getMessage());
        }
        assertEquals(".##.", draw(bitmap));
    }

    private interface RangeCall {
        void on(long offset, long bytes);
    }

    @Test
    void aSingleOffsetOutsideIsRefused() {
        Bitmap bitmap = new Bitmap(2000, CHUNK);
        assertFalse(bitmap.get(1999));
        assertThrows(IndexOutOfBoundsException.class, () -> bitmap.get(2000));
        assertThrows(IndexOutOfBoundsException.class, () -> bitmap.get(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> bitmap.nextSet(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> bitmap.nextClear(-512));
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 1024, 65536, 1 << 20, 64 << 20})
    void powersOfTwoAreGranularities(long granularity) {
        Bitmap bitmap = new Bitmap(1000, granularity);
        assertEquals(granularity, bitmap.granularity());
        assertEquals(1000, bitmap.length());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 256, 511, 513, 1000, 65537, 128 << 20, (1L << 32) + 512, 1L << 41,
        -512, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void otherGranularitiesAreRefused(long granularity) {
        var refused = assertThrows(
                IllegalArgumentException.class, () -> new Bitmap(4096, granularity));
        assertEquals("bitmap: granularity must be a power of two, 512 to 67108864 bytes: "
                + granularity, refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Bitmap.MAX_LENGTH + 1, Long.MAX_VALUE})
    void otherLengthsAreRefused(long length) {
        var refused = assertThrows(IllegalArgumentException.class, () -> new Bitmap(length, CHUNK));
        assertEquals("bitmap: length must be 0 to 9223372036854775296 bytes: " + length,
                refused.getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import mirrorcheck.iotests.judge.AllocationJudge;
import mirrorcheck.iotests.judge.ContentJudge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are what their models say, and the judge sees every byte that is not. */
class RawImagesTest {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path scratch;

    @Test
    void aFileHoldsWhatItsModelSays() throws IOException {
        ImageModel model = new ImageModel(20 * MIB + 1000).write(8 * MIB, 2 * MIB, 0x5a)
                .zeroes(12 * MIB, MIB)
                .unwritten(14 * MIB, MIB).write(20 * MIB + 3, 997, 0x11).write(777, 13, 0xff);
        Path file = scratch.resolve("image");
        RawImages.create(file, model);
        assertEquals(model.size(), Files.size(file));
        assertEquals(OptionalLong.empty(), ContentJudge.firstDifference(file, model));
        assertEquals(model.allocatedBytes(), AllocationJudge.allocatedBytes(file),
                AllocationJudge.SLOP);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 511, 4095, 8 * MIB - 1, 8 * MIB, 9 * MIB + 12345, 10 * MIB,
            15 * MIB, 20 * MIB - 1})
    void oneWrongByteIsFoundWhereItIs(long offset) throws IOException {
        ImageModel model = new ImageModel(20 * MIB).write(8 * MIB, 2 * MIB, 0x5a);
        Path file = scratch.resolve("image");
        RawImages.create(file, model);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(offset);
            int old = access.read();
            access.seek(offset);
            access.write(old ^ 0x80);
        }
        assertEquals(OptionalLong.of(offset), ContentJudge.firstDifference(file, model));
    }

    @Test
    void aLostOrLongerTailIsSeen() throws IOException {
        Path file = scratch.resolve("image");
        RawImages.create(file, new ImageModel(MIB).write(0, MIB, 1));
        assertEquals(OptionalLong.of(MIB),
                ContentJudge.firstDifference(file, new ImageModel(2 * MIB).write(0, 2 * MIB, 1)));
        assertEquals(OptionalLong.of(MIB / 2),
                ContentJudge.firstDifference(file, new ImageModel(MIB / 2).write(0, MIB / 2, 1)));
        assertEquals(OptionalLong.empty(),
                ContentJudge.firstDifference(file, new ImageModel(3 * MIB).write(0, MIB, 1)));
    }

    @Test
    void noByteOfAPatternIsZeroAndNoTwoSectorsAreAlike() {
        byte[] bytes = Pattern.bytes(0, 1 << 16, 0x5a);
        for (byte each : bytes) {
            assertNotEquals(0, each);
        }
        for (int sector = 1; sector < 128; sector++) {
            assertTrue(java.util.Arrays.mismatch(bytes, 0, 512, bytes, sector * 512,
                    sector * 512 + 512) >= 0);
        }
        assertNotEquals(bytes[0], Pattern.bytes(0, 1, 0x5b)[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 511, 513})
    void aPatternIsTheSameHoweverItIsCut(int offset) {
        byte[] whole = Pattern.bytes(0, 2048, 0x33);
        byte[] part = Pattern.bytes(offset, 1000, 0x33);
        assertEquals(-1, java.util.Arrays.mismatch(whole, offset, offset + 1000, part, 0, 1000));
    }
}

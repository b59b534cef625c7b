// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static mirrorcheck.bench.ImageFormat.QCOW2;
import static mirrorcheck.bench.ImageFormat.RAW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import mirrorcheck.iotests.image.ImageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users ask for, what it must cost, and what they are told when it cannot be. */
class ParametersTest {
    private static final long M = 1 << 20;

    @ParameterizedTest
    @CsvSource({"default, 7", "256MiB, 268435456", "4GiB, 4294967296", "2TiB, 2199023255552"})
    void sizes(String text, long bytes) {
        assertEquals(bytes, ImageSize.parse(text, 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4", "4G", "0MiB", "-4GiB", "4 GiB", "9999999TiB"})
    void otherSizesAreRefused(String text) {
        assertEquals("size=" + text + ": not a size: write a number and MiB, GiB or TiB, such as "
                + "4GiB", assertThrows(IllegalArgumentException.class,
                        () -> ImageSize.parse(text, 7)).getMessage());
    }

    @Test
    void otherShapesAreRefused() {
        assertEquals("source=full: no such shape: expected dense, holey or sparse",
                assertThrows(IllegalArgumentException.class, () -> SourceShape.of("full"))
                        .getMessage());
    }

    @Test
    void otherFormatsAreRefused() {
        assertEquals("format=qcow2: no such format: expected raw, qcow2-source, qcow2-target or "
                + "qcow2-both", assertThrows(IllegalArgumentException.class,
                        () -> FormatPair.of("qcow2")).getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1048576, 1048575, 65536})
    void imagesEndWithAWholeMebibyte(long size) {
        assertEquals("source: size " + size + ": must be a multiple of 1048576 above 0",
                assertThrows(IllegalArgumentException.class, () -> SourceShape.DENSE.model(size))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({"DENSE, 256, 268435456, 0, 0", "HOLEY, 1024, 67108864, 1024, 4227858432",
            "SPARSE, 0, 0, 1024, 17179869184"})
    void costOfTheDefaults(SourceShape shape, long writes, long written, long zeroes, long zeroed) {
        ImageModel source = shape.model(shape.defaultSize());

        assertEquals(new Counts(writes, written, 0, 0, zeroed, 1),
                Counts.expected(source, RAW, RAW, true));
        assertEquals(new Counts(writes, written, zeroes, zeroed, 0, 1),
                Counts.expected(source, RAW, RAW, false));
        assertEquals(new Counts(writes, written, zeroes, zeroed, 0, 2),
                Counts.expected(source, RAW, QCOW2, false));
        assertEquals(new Counts(writes, written, 0, 0, 0, 1),
                Counts.expected(source, QCOW2, RAW, false));
    }

    @Test
    void requestsAreCutAtTheWindows() {
        ImageModel source = new ImageModel(48 * M).write(15 * M + M / 2, 2 * M, 1);

        assertEquals(new Counts(3, 2 * M, 3, 46 * M, 0, 1),
                Counts.expected(source, RAW, RAW, false));
    }

    @Test
    void aScratchDirectoryMustBeThereAndLargeEnough(@TempDir Path dir) throws IOException {
        Path gone = dir.resolve("gone");
        assertEquals("scratch " + gone + ": no such directory; name another with "
                + "MIRRORCHECK_SCRATCH=DIR bench/run ...",
                assertThrows(IOException.class, () -> ScratchDirectory.at(gone)).getMessage());
        ScratchDirectory scratch = ScratchDirectory.at(dir);
        scratch.reserve(0);
        String full = assertThrows(IOException.class, () -> scratch.reserve(1L << 62)).getMessage();
        assertTrue(full.startsWith("scratch " + dir + ": full: needs 4398046511168 MiB, has "),
                full);
    }
}

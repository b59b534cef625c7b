// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static mirrorcheck.bench.ImageFormat.QCOW2;
import static mirrorcheck.bench.ImageFormat.RAW;
import static mirrorcheck.bench.TrackingStrategy.BLOCK_STATUS;
import static mirrorcheck.bench.TrackingStrategy.NONE;
import static mirrorcheck.bench.TrackingStrategy.ZERO_BITMAP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.iotests.image.ImageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
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
        assertEquals("source=full: no such shape: expected dense, holey, sparse, "
                + "small-extents or allocated-zeroes",
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

    @Test
    void otherTrackingsAreRefused() {
        assertEquals("tracking=some: no such tracking: expected zero-bitmap, none or block-status",
                assertThrows(IllegalArgumentException.class, () -> TrackingStrategy.of("some"))
                        .getMessage());
    }

    private static Counts cost(ImageModel source, ImageFormat from, ImageFormat to,
            TrackingStrategy tracking) {
        return Counts.expected(source, from, to, MirrorSettings.standard().withTracking(tracking));
    }

    @ParameterizedTest
    @CsvSource({"DENSE, 256, 268435456, 0, 0, 0", "HOLEY, 1024, 67108864, 1024, 4227858432, 1024",
            "SPARSE, 0, 0, 1024, 17179869184, 2",
            "SMALL_EXTENTS, 512, 33554432, 512, 33554432, 512",
            "ALLOCATED_ZEROES, 64, 67108864, 0, 0, 0"})
    void costOfTheDefaults(SourceShape shape, long writes, long written, long zeroes, long zeroed,
            long probes) {
        ImageModel source = shape.model(shape.defaultSize());

        assertEquals(new Counts(writes, written, 0, 0, zeroed, 1),
                cost(source, RAW, RAW, ZERO_BITMAP));
        assertEquals(new Counts(writes, written, zeroes, zeroed, 0, 1),
                cost(source, RAW, RAW, NONE));
        assertEquals(new Counts(writes, written, 0, 0, zeroed, 1 + probes),
                cost(source, RAW, RAW, BLOCK_STATUS));
        assertEquals(new Counts(writes, written, zeroes, zeroed, 0, 2),
                cost(source, RAW, QCOW2, NONE));
        assertEquals(new Counts(writes, written, 0, 0, 0, 1), cost(source, QCOW2, RAW, NONE));
    }

    @ParameterizedTest
    @EnumSource
    void whatMustBePunchedIsWrittenByEveryStrategy(TrackingStrategy tracking) {
        assertEquals(new Counts(1, 64 << 10, 1, 4 * M - (64 << 10), 0, 0),
                Counts.expected(SourceShape.HOLEY.model(4 * M), RAW, RAW, MirrorSettings.standard()
                        .withTracking(tracking).withDetectZeroes(DetectZeroes.UNMAP)));
    }

    @ParameterizedTest
    @CsvSource({"OFF, 4, 0, 1", "ON, 0, 4, 1", "UNMAP, 0, 4, 0"})
    void zeroBytesAreDetectedIfTheTargetIsToldTo(DetectZeroes detect, long writes, long zeroes,
            long looks) {
        assertEquals(new Counts(writes, writes * M, zeroes, zeroes * M, 0, looks),
                Counts.expected(SourceShape.ALLOCATED_ZEROES.model(4 * M), RAW, RAW,
                        MirrorSettings.standard().withDetectZeroes(detect)));
    }

    @Test
    void requestsAreCutAtTheWindows() {
        ImageModel source = new ImageModel(48 * M).write(15 * M + M / 2, 2 * M, 1);

        assertEquals(new Counts(3, 2 * M, 3, 46 * M, 0, 1),
                cost(source, RAW, RAW, NONE));
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

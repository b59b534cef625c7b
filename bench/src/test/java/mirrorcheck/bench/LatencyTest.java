// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RawImages;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guest that writes, what its times come to, and the copies that no figure may come of. */
class LatencyTest {
    private static final long M = 1 << 20;
    private static final long SEED = 20251128;

    private static MemoryNode disk(long bytes) throws BlockException {
        return new MemoryNode(NodeOptions.named("disk"), bytes);
    }

    @Test
    void theGuestWritesWhatItsModelSays() throws BlockException, InterruptedException {
        MemoryNode disk = disk(M);
        ImageModel model = new ImageModel(M);

        Histogram nanos = new LatencyGuest(disk, model, SEED).write(100, () -> true);

        assertEquals(100, nanos.getTotalCount(), "seed " + SEED);
        assertEquals(OptionalLong.empty(), NodeContent.firstDifference(disk, model),
                "seed " + SEED);
        // 100 of 256 places, some of them twice.
        long written = model.allocatedBytes() / LatencyGuest.BYTES;
        assertTrue(written > 60 && written <= 100, "seed " + SEED + ": " + written);
    }

    @Test
    void theGuestStopsWhenItIsTold() throws BlockException, InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        Histogram nanos = new LatencyGuest(disk(M), new ImageModel(M), SEED)
                .write(1000, () -> asked.incrementAndGet() <= 7);

        assertEquals(7, nanos.getTotalCount());
    }

    @Test
    void theGuestCanBeInterrupted() throws BlockException {
        MemoryNode disk = disk(M);
        ImageModel model = new ImageModel(M);
        Thread.currentThread().interrupt();

        assertThrows(InterruptedException.class,
                () -> new LatencyGuest(disk, model, SEED).write(1, () -> true));
        assertEquals(0, model.allocatedBytes());
    }

    @Test
    void theSameSeedWritesTheSame() throws BlockException, InterruptedException {
        assertEquals(written(SEED).cells(), written(SEED).cells());
        assertNotEquals(written(SEED).cells(), written(SEED + 1).cells());
    }

    private static ImageModel written(long seed) throws BlockException, InterruptedException {
        ImageModel model = new ImageModel(M);
        new LatencyGuest(disk(M), model, seed).write(50, () -> true);
        return model;
    }

    @Test
    void aWriteThatFailsIsNotCountedAsWritten() throws BlockException {
        MemoryNode disk = new MemoryNode(NodeOptions.named("disk").withReadOnly(true), M);
        ImageModel model = new ImageModel(M);

        assertThrows(BlockException.class,
                () -> new LatencyGuest(disk, model, SEED).write(1, () -> true));
        assertEquals(0, model.allocatedBytes());
    }

    @Test
    void percentilesAreExactToThreeDigits() {
        Histogram nanos = new Histogram(1_000_000_000, 3);
        for (int micros = 1; micros <= 1000; micros++) {
            nanos.recordValue(micros * 1000L);
        }
        Percentiles percentiles = Percentiles.of(nanos);

        assertEquals(1000, percentiles.writes());
        assertEquals(500_000, percentiles.p50(), 500);
        assertEquals(990_000, percentiles.p99(), 990);
        assertEquals(999_000, percentiles.p999(), 999);
        assertEquals(1_000_000, percentiles.most(), 1000);
    }

    @Test
    void noWritesHaveNoPercentiles() {
        assertEquals(new Percentiles(0, 0, 0, 0, 0), Percentiles.of(new Histogram(1000, 3)));
    }

    @Test
    void aWrongCopyIsRefusedWithItsFirstOffset(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("target.raw");
        ImageModel model = SourceShape.DENSE.model(M);
        RawImages.create(file, model);
        assertDoesNotThrow(() -> Latency.compare("target", file, model));

        model.write(8192, LatencyGuest.BYTES, 7);

        assertEquals("target is not as written: first at offset 8192",
                assertThrows(IOException.class, () -> Latency.compare("target", file, model))
                        .getMessage());
    }

    @Test
    void theModelKeepsTheLastOfTwoWrites() throws BlockException, InterruptedException {
        MemoryNode disk = disk(LatencyGuest.BYTES);
        ImageModel model = new ImageModel(LatencyGuest.BYTES);
        LatencyGuest guest = new LatencyGuest(disk, model, SEED);
        guest.write(1, () -> true);
        MemorySegment first = MemorySegment.ofArray(new byte[LatencyGuest.BYTES]);
        disk.read(0, first);
        guest.write(1, () -> true);

        assertEquals(OptionalLong.empty(), NodeContent.firstDifference(disk, model));
        disk.write(0, first, Set.of());
        assertTrue(NodeContent.firstDifference(disk, model).isPresent());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Random;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.qcow2.Qcow2Node;
import mirrorcheck.iotests.image.Qcow2Reader.State;
import mirrorcheck.iotests.judge.ContentJudge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The suite's own qcow2 images: what is made is what is read back, and what a driver reads. */
class Qcow2FilesTest {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path dir;

    private Layers write(Path file, ImageModel layout, int cluster, Layers below, String base)
            throws IOException {
        Layers layers = Layers.qcow2(layout, cluster, below);
        Qcow2Files.create(file, layers.own(), cluster,
                base == null ? null : new Qcow2Files.Backing(base, "raw"));
        return layers;
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 65536, 2 << 20})
    void randomLayoutsAreReadBack(int cluster) throws IOException {
        for (long seed = 1; seed <= 8; seed++) {
            Random random = new Random(seed);
            long size = (1 + random.nextInt(6000)) * 512L;
            ImageModel layout = new ImageModel(size);
            for (int i = 0; i < 6; i++) {
                long at = random.nextLong(size);
                long bytes = Math.min(size - at, 1 + random.nextInt(200_000));
                layout.write(at, bytes, 1 + random.nextInt(255));
            }
            long zero = random.nextLong(size / cluster + 1) * cluster;
            long end = Math.min(size, zero + cluster);
            layout.unwritten(Math.min(zero, size), Math.max(0, end - zero));
            Path file = dir.resolve("a.qcow2");
            Layers layers = write(file, layout, cluster, null, null);
            Path flat = dir.resolve("flat");
            Files.deleteIfExists(flat);
            try (Qcow2Reader reader = new Qcow2Reader(file)) {
                assertEquals(size, reader.size());
                reader.overlay(flat);
            }
            assertEquals(OptionalLong.empty(), ContentJudge.firstDifference(flat, layers.model()),
                    "seed " + seed);
        }
    }

    @Test
    void statesAreTold() throws IOException {
        Path file = dir.resolve("a.qcow2");
        ImageModel layout = new ImageModel(MIB).write(64 << 10, 1, 1).unwritten(128 << 10, 65536);
        write(file, layout, 65536, null, null);
        try (Qcow2Reader reader = new Qcow2Reader(file)) {
            assertEquals(State.ABSENT, reader.state(0));
            assertEquals(State.DATA, reader.state(100_000));
            assertEquals(State.ZERO, reader.state(128 << 10));
            assertEquals(65536, reader.cluster());
        }
    }

    @Test
    void aClusterThatIsDataInPartIsFilledFromBelow() {
        ImageModel base = new ImageModel(MIB).write(0, MIB, 0xb5);
        Layers layers = Layers.qcow2(new ImageModel(2 * MIB).write(0, 512, 0x5a), 65536,
                Layers.raw(base));
        assertTrue(layers.own().all(512, 65536 - 512, cell -> cell.pattern() == 0xb5));
        assertTrue(layers.own().all(65536, 2 * MIB - 65536, Cell.HOLE::equals));
        assertTrue(layers.model().all(MIB, MIB, Cell::readsZero));
        assertTrue(layers.any().at(2 * MIB - 1));
    }

    @Test
    void aZeroClusterInPartIsRefused() {
        assertEquals("cluster at 0: a zero cluster in part: unwritten ranges must be whole "
                        + "clusters",
                assertThrows(IllegalArgumentException.class, () -> Layers.qcow2(
                        new ImageModel(MIB).unwritten(0, 4096), 65536, null)).getMessage());
    }

    @Test
    void whatIsNoPlainImageIsRefused() throws IOException {
        Path file = Files.write(dir.resolve("raw"), new byte[4096]);
        assertEquals(file + ": no plain qcow2 image: version 0, crypt_method 0, "
                        + "incompatible_features 0",
                assertThrows(IOException.class, () -> new Qcow2Reader(file)).getMessage());
    }

    /** The driver refuses, by name, whatever is out of order in a header or a table. */
    @Test
    void theDriverTakesThem() throws IOException {
        Path file = dir.resolve("a.qcow2");
        ImageModel layout = new ImageModel(MIB).write(3, 100_000, 7).unwritten(MIB / 2, 65536);
        write(file, layout, 65536, null, null);
        NodeOptions options = NodeOptions.named("n").withReadOnly(true);
        FileNode protocol = FileNode.open(file, options, false);
        try (Qcow2Node node = Qcow2Node.open(options, new Qcow2Node.Children(protocol, null, null,
                java.util.List.of(protocol)))) {
            assertEquals(MIB, node.length());
            assertEquals(128 << 10, node.blockStatus(0, MIB).bytes());
        }
    }
}

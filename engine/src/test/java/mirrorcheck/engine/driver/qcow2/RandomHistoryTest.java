// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.block.Zeroes;
import mirrorcheck.engine.driver.MemoryNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random guests on images of every shape: content as in a model, metadata clean at each flush. */
class RandomHistoryTest {
    private static final int STEPS = 180;
    private static final int SEEDS = 3;
    private static final NodeOptions OPTIONS =
            NodeOptions.named("image").withDiscard(Discard.UNMAP);

    /** A shape: options, the length of the backing file or -1, and whether data is elsewhere. */
    record Shape(String name, CreateOptions options, int backing) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Shape> shapes() {
        CreateOptions large = CreateOptions.ofSize(3_000_320);
        CreateOptions small = CreateOptions.ofSize(700_416).withClusterSize(512);
        CreateOptions extended = large.withExtendedL2(true).withClusterSize(16384);
        return Stream.of(
                new Shape("v3", large, -1),
                new Shape("v2", large.withVersion(2), -1),
                new Shape("4k clusters", large.withClusterSize(4096), -1),
                new Shape("512 byte clusters", small, -1),
                new Shape("512 byte clusters, v2", small.withVersion(2), -1),
                new Shape("512 byte clusters, 64 bit refcounts", small.withRefcountBits(64), -1),
                new Shape("1 bit refcounts", small.withRefcountBits(1), -1),
                new Shape("extended L2", extended, -1),
                new Shape("backing", large.withClusterSize(8192), 3_000_320),
                new Shape("short backing", large.withClusterSize(8192), 1_000_448),
                new Shape("short backing, v2", small.withVersion(2), 300_032),
                new Shape("short backing, extended L2", extended, 1_000_448),
                new Shape("data file", large.withDataFile("data", false), -1),
                new Shape("raw data file", large.withDataFile("data", true), -1),
                new Shape("data file, backing, extended L2",
                        extended.withDataFile("data", false), 2_000_384),
                new Shape("preallocated", large.withPreallocation(Qcow2Preallocation.METADATA),
                        -1));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void contentAndMetadataAreRight(Shape shape) throws Exception {
        for (int seed = 1; seed <= SEEDS; seed++) {
            new History(shape, seed).run();
        }
    }

    private static final class History {
        private final Shape shape;
        private final String label;
        private final Random random;
        private final GrowingNode file = GrowingNode.empty();
        private final GrowingNode data;
        private final BlockNode backing;
        private byte[] model;
        private Qcow2Node node;

        History(Shape shape, int seed) throws BlockException {
            this.shape = shape;
            label = shape + ", seed " + seed;
            random = new Random(seed);
            data = shape.options().dataFile() == null ? null : GrowingNode.empty();
            model = new byte[(int) shape.options().size()];
            if (shape.backing() < 0) {
                backing = null;
            } else {
                backing = new MemoryNode(NodeOptions.named("backing"), shape.backing());
                byte[] below = bytes(shape.backing());
                Arrays.fill(below, 100_000, 200_000, (byte) 0);
                backing.write(0, MemorySegment.ofArray(below), WriteFlag.NONE);
                System.arraycopy(below, 0, model, 0, Math.min(below.length, model.length));
            }
            CreateOptions options = backing == null ? shape.options()
                    : shape.options().withBacking("below", "raw");
            Qcow2Create.create(file, data, options);
        }

        void run() throws Exception {
            open();
            for (int step = 0; step < STEPS; step++) {
                step(step);
            }
            check();
            node.close();
            assertEquals(List.of(), ImageChecker.problems(file.content()), label);
        }

        private void open() throws BlockException {
            node = Qcow2Node.open(OPTIONS,
                    new Qcow2Node.Children(file, data, backing, List.of()));
        }

        private byte[] bytes(int count) {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            return bytes;
        }

        private void step(int step) throws Exception {
            int offset = random.nextInt(model.length);
            int most = random.nextInt(8) == 0 ? 400_000 : random.nextInt(8) == 0 ? 70_000 : 5000;
            int length = 1 + random.nextInt(Math.min(model.length - offset, most));
            if (random.nextInt(3) == 0) {
                offset &= -512;
                length = Math.min(model.length - offset, length + 511 & -512);
            }
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3, 4 -> write(offset, bytes(length));
                case 5, 6 -> zero(offset, length, Set.of(WriteFlag.MAY_UNMAP));
                case 7 -> zero(offset, length, WriteFlag.NONE);
                case 8, 9 -> discard(offset, length);
                case 10 -> node.flush();
                default -> {
                    check();
                    if (random.nextInt(4) == 0) {
                        resize();
                    } else if (random.nextBoolean()) {
                        node.close();
                        assertEquals(List.of(), ImageChecker.problems(file.content()),
                                label + ", step " + step);
                        open();
                    }
                }
            }
        }

        private void write(int offset, byte[] bytes) throws BlockException {
            node.write(offset, MemorySegment.ofArray(bytes), WriteFlag.NONE);
            System.arraycopy(bytes, 0, model, offset, bytes.length);
        }

        private void zero(int offset, int length, Set<WriteFlag> flags) throws BlockException {
            node.writeZeroes(offset, length, flags);
            Arrays.fill(model, offset, offset + length, (byte) 0);
        }

        /** What was discarded may have changed, what lies around not. */
        private void discard(int offset, int length) throws BlockException {
            node.discard(offset, length);
            byte[] now = new byte[length];
            node.read(offset, MemorySegment.ofArray(now));
            System.arraycopy(now, 0, model, offset, length);
        }

        private void resize() throws BlockException {
            int length = (random.nextInt(model.length) + model.length / 2) & -512;
            node.resize(length);
            model = Arrays.copyOf(model, length);
        }

        private void check() throws BlockException {
            byte[] content = new byte[model.length];
            node.read(0, MemorySegment.ofArray(content));
            assertEquals(-1, Arrays.mismatch(model, content), label + ": first difference");
            assertEquals(model.length, node.length(), label);
            for (long at = 0; at < model.length;) {
                Extent extent = node.blockStatus(at, model.length);
                if (extent.status().zero()) {
                    byte[] zero = Arrays.copyOfRange(model, (int) at, (int) extent.end());
                    assertTrue(Zeroes.isZero(MemorySegment.ofArray(zero)), label + ": " + extent);
                }
                at = extent.end();
            }
            if (data != null && shape.options().dataFileRaw()) {
                byte[] raw = Arrays.copyOf(data.content(), model.length);
                assertEquals(-1, Arrays.mismatch(model, raw), label + ": raw data file");
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random requests, checked after each against an array of bytes. The seed is in the test's name.
 */
class RandomHistoryTest {
    private static final int LENGTH = 96 * 1024 + 3 * 512;
    private static final int STEPS = 200;

    /** The kinds of node that differ in how a request reaches its bytes. */
    enum Kind { MEMORY, ALIGNED_MEMORY, CANNOT_ZERO, RAW_FILE, ODD_FILE }

    @TempDir
    Path directory;

    static Stream<Arguments> histories() {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> IntStream.range(0, 6).mapToObj(seed -> arguments(kind, seed)));
    }

    private BlockNode open(Kind kind, NodeOptions options) throws IOException {
        MemoryNode.Abilities all = MemoryNode.Abilities.ALL;
        return switch (kind) {
            case MEMORY -> new MemoryNode(options, LENGTH);
            case ALIGNED_MEMORY -> new MemoryNode(options, LENGTH, all,
                    new Limits(4096, 0, 8192, 16_384, true));
            case CANNOT_ZERO -> new MemoryNode(options, LENGTH,
                    new MemoryNode.Abilities(false, true, true), Limits.NONE);
            case RAW_FILE -> openFile(LENGTH, options);
            case ODD_FILE -> openFile(LENGTH - 100, options);
        };
    }

    private BlockNode openFile(int bytes, NodeOptions options) throws IOException {
        Path path = Files.write(directory.resolve("image"), new byte[bytes]);
        return RawNodeTest.openRaw(path, options);
    }

    @ParameterizedTest(name = "{0} seed {1}")
    @MethodSource("histories")
    void everyRequestDoesWhatTheModelDoes(Kind kind, int seed) throws Exception {
        Random random = new Random(seed);
        DetectZeroes detect = DetectZeroes.values()[seed % 3];
        NodeOptions options = NodeOptions.named("node")
                .withDiscard(Discard.UNMAP).withDetectZeroes(detect);
        byte[] model = new byte[LENGTH];
        try (BlockNode node = open(kind, options)) {
            for (int step = 0; step < STEPS; step++) {
                String request = request(node, random, model);
                byte[] now = BlockNodeContract.readAll(node);
                assertEquals(-1, Arrays.mismatch(model, now), "step " + step + ": " + request);
            }
            checkStatus(node, model);
        }
    }

    private static String request(BlockNode node, Random random, byte[] model) throws Exception {
        int offset = random.nextInt(LENGTH);
        int most = Math.min(LENGTH - offset, 1 << random.nextInt(17));
        int bytes = 1 + random.nextInt(most);
        int end = offset + bytes;
        Set<WriteFlag> flags = random.nextInt(4) == 0 ? Set.of(WriteFlag.FUA) : WriteFlag.NONE;
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                byte[] data = new byte[bytes];
                random.nextBytes(data);
                node.write(offset, MemorySegment.ofArray(data), flags);
                System.arraycopy(data, 0, model, offset, bytes);
            }
            case 2 -> {
                node.write(offset, MemorySegment.ofArray(new byte[bytes]), flags);
                Arrays.fill(model, offset, end, (byte) 0);
            }
            case 3 -> {
                boolean unmap = random.nextBoolean();
                node.writeZeroes(offset, bytes, unmap ? Set.of(WriteFlag.MAY_UNMAP) : flags);
                Arrays.fill(model, offset, end, (byte) 0);
            }
            default -> {
                node.discard(offset, bytes);
                // It may read as anything now; the bytes around it may not change.
                node.read(offset, MemorySegment.ofArray(model).asSlice(offset, bytes));
            }
        }
        return "offset " + offset + ", " + bytes + " bytes";
    }

    private static void checkStatus(BlockNode node, byte[] model) throws Exception {
        for (long at = 0; at < LENGTH;) {
            Extent extent = node.blockStatus(at, LENGTH);
            int end = (int) extent.end();
            boolean zero = Arrays.equals(model, (int) at, end, new byte[end], (int) at, end);
            assertTrue(zero || !extent.status().zero(), "not zero: " + extent);
            at = end;
        }
    }
}

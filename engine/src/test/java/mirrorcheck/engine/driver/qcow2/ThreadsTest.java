// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads that each have every fourth piece of a device for themselves, so that they share clusters
 * but no byte: each reads back what it wrote, while the others allocate, free and flush.
 */
class ThreadsTest {
    private static final int THREADS = 4;
    private static final int PIECE = 1000;
    private static final int PIECES = 400;
    private static final int STEPS = 1200;

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 65536})
    void pieceByPieceNothingIsLost(int clusterSize) throws Exception {
        GrowingNode file = GrowingNode.empty();
        int size = PIECE * PIECES + 511 & -512;
        Qcow2Create.create(file, null, CreateOptions.ofSize(size).withClusterSize(clusterSize)
                .withBacking("below", "raw"));
        BlockNode backing = new MemoryNode(NodeOptions.named("below"), size / 2);
        byte[] below = new byte[size / 2 & -512];
        Arrays.fill(below, (byte) 9);
        backing.write(0, MemorySegment.ofArray(below), WriteFlag.NONE);
        try (Qcow2Node node = Qcow2Node.open(
                NodeOptions.named("image").withDiscard(Discard.UNMAP),
                new Qcow2Node.Children(file, null, backing, List.of()))) {
            List<Future<?>> running = new ArrayList<>();
            try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
                for (int thread = 0; thread < THREADS; thread++) {
                    int mine = thread;
                    running.add(pool.submit(() -> {
                        new Guest(node, mine).run();
                        return null;
                    }));
                }
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        assertEquals(List.of(), ImageChecker.problems(file.content()));
    }

    /** One thread's work; a seed of its own, though who comes first is up to the host. */
    private static final class Guest {
        private final Qcow2Node node;
        private final int mine;
        private final Random random;

        Guest(Qcow2Node node, int mine) {
            this.node = node;
            this.mine = mine;
            this.random = new Random(mine);
        }

        void run() throws BlockException {
            byte[] data = new byte[PIECE];
            for (int step = 0; step < STEPS; step++) {
                long offset = (random.nextInt(PIECES / THREADS) * THREADS + mine) * (long) PIECE;
                switch (random.nextInt(8)) {
                    case 0, 1, 2, 3 -> {
                        random.nextBytes(data);
                        node.write(offset, MemorySegment.ofArray(data), WriteFlag.NONE);
                    }
                    case 4, 5 -> {
                        Arrays.fill(data, (byte) 0);
                        node.writeZeroes(offset, PIECE, random.nextBoolean() ? WriteFlag.NONE
                                : Set.of(WriteFlag.MAY_UNMAP));
                    }
                    case 6 -> {
                        node.discard(offset, PIECE);
                        node.read(offset, MemorySegment.ofArray(data));
                    }
                    default -> {
                        node.flush();
                        node.blockStatus(offset, PIECE);
                        node.read(offset, MemorySegment.ofArray(data));
                    }
                }
                byte[] back = new byte[PIECE];
                node.read(offset, MemorySegment.ofArray(back));
                assertEquals(-1, Arrays.mismatch(data, back), "piece at " + offset);
            }
        }
    }
}

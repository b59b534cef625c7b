// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.nbd.Lab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Power fails at any write, and of the writes since the last flush of the file any may be missing:
 * the image is not corrupt, and has what the guest had flushed.
 */
class CrashTest {
    private static final int SIZE = 200_192;
    private static final int STEPS = 40;
    private static final NodeOptions OPTIONS =
            NodeOptions.named("image").withDiscard(Discard.UNMAP);

    @TempDir
    private Path scratch;

    static Stream<CreateOptions> shapes() {
        CreateOptions small = CreateOptions.ofSize(SIZE).withClusterSize(512);
        return Stream.of(small, small.withVersion(2), small.withRefcountBits(64),
                small.withClusterSize(4096), small.withBacking("below", "raw"),
                small.withClusterSize(16384).withExtendedL2(true));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void imageIsNeverCorrupt(CreateOptions options) throws Exception {
        for (int seed = 1; seed <= 2; seed++) {
            Recorded recorded = Recorded.of(options, seed);
            Random random = new Random(seed);
            GrowingNode durable = recorded.start().copy();
            List<GrowingNode.Event> epoch = new ArrayList<>();
            int flushed = 0;
            for (int i = 0; i < recorded.log().size(); i++) {
                GrowingNode.Event event = recorded.log().get(i);
                String label = options + ", seed " + seed + ", cut off at " + i;
                if (!event.isFlush()) {
                    epoch.add(event);
                    recorded.check(crashed(durable, epoch, random, true), i, label);
                    recorded.check(crashed(durable, epoch, random, false), i, label);
                    continue;
                }
                for (GrowingNode.Event each : epoch) {
                    durable.replay(each);
                }
                epoch.clear();
                flushed++;
            }
            assertTrue(flushed > 8, options + ": " + flushed + " flushes");
        }
    }

    /** A few of the crashed images, judged by qemu-img; its exit code is 3 for leaks only. */
    @Test
    void qemuFindsLeaksAtWorst() throws Exception {
        Lab lab = Lab.with(scratch, "qemu-img");
        Path image = scratch.resolve("image");
        CreateOptions options = CreateOptions.ofSize(SIZE).withClusterSize(512);
        Recorded recorded = Recorded.of(options, 9);
        GrowingNode file = recorded.start().copy();
        for (int i = 0; i < recorded.log().size(); i++) {
            file.replay(recorded.log().get(i));
            if (i % 23 == 0) {
                Files.write(image, file.content());
                Process check = lab.start(ProcessBuilder.Redirect.DISCARD, "qemu-img", "check",
                        "-f", "qcow2", image.toString());
                int status = check.waitFor();
                assertTrue(status == 0 || status == 3, "cut off at " + i + ": status " + status);
            }
        }
    }

    /** What the file has if of the last writes all, or any, arrived. */
    private static GrowingNode crashed(GrowingNode durable, List<GrowingNode.Event> epoch,
            Random random, boolean all) throws BlockException {
        GrowingNode file = durable.copy();
        for (GrowingNode.Event event : epoch) {
            if (all || event.bytes() == null || random.nextBoolean()) {
                file.replay(event);
            }
        }
        return file;
    }

    /** A guest flush: from event {@code from} on the file is to have what {@code content} says. */
    private record Flushed(int from, byte[] content, boolean[] certain) {
    }

    /** What a guest did to an image, and what the file was given. */
    private record Recorded(GrowingNode start, List<GrowingNode.Event> log, BlockNode backing,
            List<Flushed> flushes) {
        static Recorded of(CreateOptions options, int seed) throws BlockException {
            Random random = new Random(seed);
            BlockNode backing = null;
            byte[] model = new byte[SIZE];
            if (options.backingFile() != null) {
                backing = new MemoryNode(NodeOptions.named("below"), SIZE);
                random.nextBytes(model);
                backing.write(0, MemorySegment.ofArray(model), WriteFlag.NONE);
            }
            GrowingNode file = GrowingNode.empty();
            Qcow2Create.create(file, null, options);
            GrowingNode start = file.copy();
            List<GrowingNode.Event> log = file.record();
            List<Flushed> flushes = new ArrayList<>();

            try (Qcow2Node node = Qcow2Node.open(OPTIONS,
                    new Qcow2Node.Children(file, null, backing, List.of()))) {
                for (int step = 0; step < STEPS; step++) {
                    int offset = random.nextInt(SIZE);
                    int length = 1 + random.nextInt(Math.min(SIZE - offset,
                            step % 7 == 0 ? 40_000 : 3000));
                    act(node, random, model, offset, length);
                    for (Flushed each : flushes) {
                        if (each == flushes.getLast()) {
                            Arrays.fill(each.certain(), offset, offset + length, false);
                        }
                    }
                    if (random.nextInt(4) == 0) {
                        node.flush();
                        boolean[] certain = new boolean[SIZE];
                        Arrays.fill(certain, true);
                        flushes.add(new Flushed(log.size(), model.clone(), certain));
                    }
                }
            }
            return new Recorded(start, List.copyOf(log), backing, flushes);
        }

        private static void act(Qcow2Node node, Random random, byte[] model, int offset,
                int length) throws BlockException {
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    byte[] bytes = new byte[length];
                    random.nextBytes(bytes);
                    node.write(offset, MemorySegment.ofArray(bytes), WriteFlag.NONE);
                    System.arraycopy(bytes, 0, model, offset, length);
                }
                case 3, 4 -> {
                    node.writeZeroes(offset, length, random.nextBoolean() ? WriteFlag.NONE
                            : Set.of(WriteFlag.MAY_UNMAP));
                    Arrays.fill(model, offset, offset + length, (byte) 0);
                }
                default -> {
                    node.discard(offset, length);
                    byte[] now = new byte[length];
                    node.read(offset, MemorySegment.ofArray(now));
                    System.arraycopy(now, 0, model, offset, length);
                }
            }
        }

        /** The image is not corrupt, and has what was flushed before event {@code at}. */
        void check(GrowingNode crashed, int at, String label) throws BlockException {
            assertEquals(List.of(), ImageChecker.corruptions(crashed.content()), label);
            Flushed last = null;
            for (Flushed each : flushes) {
                last = each.from() <= at ? each : last;
            }
            if (last == null) {
                return;
            }
            byte[] content = new byte[SIZE];
            try (Qcow2Node node = Qcow2Node.open(OPTIONS.withReadOnly(true),
                    new Qcow2Node.Children(crashed, null, backing, List.of()))) {
                node.read(0, MemorySegment.ofArray(content));
            }
            for (int i = 0; i < SIZE; i++) {
                if (content[i] != last.content()[i] && last.certain()[i]) {
                    assertEquals(last.content()[i], content[i], label + ": byte " + i);
                }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads, one connection. */
class NbdNodeThreadsTest extends NbdTestBase {
    private static final int THREADS = 8;
    private static final int SHARE = LENGTH / THREADS;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachThreadHasItsOwnPart(boolean structured) throws Exception {
        serve(ServerOptions.DEFAULT.withStructuredReplies(structured));
        export("e", ExportOptions.ALL);
        NbdNode node = connect("e");
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
            for (int thread = 0; thread < THREADS; thread++) {
                int mine = thread;
                running.add(pool.submit(() -> {
                    keepAModel(node, mine);
                    return null;
                }));
            }
        }
        for (Future<?> each : running) {
            each.get();
        }
        assertEquals(List.of(), log);
    }

    private static void keepAModel(BlockNode node, int thread) throws BlockException {
        Random random = new Random(thread);
        byte[] model = new byte[SHARE];
        long start = (long) thread * SHARE;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(SHARE);
            for (int i = 0; i < 100; i++) {
                int offset = random.nextInt(SHARE);
                int bytes = 1 + random.nextInt(SHARE - offset);
                MemorySegment part = buffer.asSlice(0, bytes);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        part.copyFrom(MemorySegment.ofArray(pattern(bytes, i)));
                        node.write(start + offset, part, WriteFlag.NONE);
                        System.arraycopy(pattern(bytes, i), 0, model, offset, bytes);
                    }
                    case 1 -> {
                        node.writeZeroes(start + offset, bytes, WriteFlag.NONE);
                        java.util.Arrays.fill(model, offset, offset + bytes, (byte) 0);
                    }
                    default -> {
                        node.read(start + offset, part);
                        assertEquals(-1, part.mismatch(
                                MemorySegment.ofArray(model).asSlice(offset, bytes)),
                                "thread " + thread + ", step " + i);
                    }
                }
            }
        }
    }

    @Test
    void interruptsNeitherEndARequestNorTheConnection() throws Exception {
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH),
                request -> request.kind() == Request.Kind.READ);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        NbdNode node = connect("e");
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            write(node, 0, pattern(LENGTH, 1));
            assertArrayEquals(pattern(LENGTH, 1), read(node, 0, LENGTH));
            return Thread.interrupted();
        });
        Thread thread = Thread.ofPlatform().daemon().start(task);
        gate.awaitSeen(2);
        thread.interrupt();
        gate.open();
        assertTrue(task.get(), "the interrupt is kept");
        assertArrayEquals(pattern(LENGTH, 1), read(node, 0, LENGTH));
    }

    @Test
    void deathOfTheServerFailsAllInFlight() throws Exception {
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH), request -> true);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        NbdNode node = connect("e");
        List<FutureTask<Errno>> requests = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            long offset = i * 512L;
            FutureTask<Errno> request = new FutureTask<>(() -> assertThrows(BlockException.class,
                    () -> write(node, offset, new byte[512])).errno());
            requests.add(request);
            Thread.ofPlatform().daemon().start(request);
        }
        gate.awaitSeen(10);
        server.abort();
        for (FutureTask<Errno> request : requests) {
            assertEquals(Errno.EIO, request.get());
        }
        gate.open();
    }

    @Test
    void largeRequestsAreCutToWhatTheServerTakes() throws Exception {
        serve(loopback(), ServerOptions.DEFAULT);
        int bytes = 40 << 20;
        GateNode gate = new GateNode(new MemoryNode(UNMAP, bytes), request -> false);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        NbdNode node = connect("e");
        byte[] data = pattern(bytes, 3);
        write(node, 0, data);
        assertArrayEquals(data, read(node, 0, bytes));
        node.writeZeroes(0, bytes, WriteFlag.NONE);
        assertEquals(List.of("WRITE 33554432", "WRITE 8388608", "READ 33554432", "READ 8388608",
                "WRITE_ZEROES 33554432", "WRITE_ZEROES 8388608"), gate.seen().stream()
                .map(request -> request.kind() + " " + request.bytes()).toList());
    }

    @Test
    void zeroesThatAreReadDoNotTravel() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        NbdNode node = connect("e");
        write(node, 100_000, pattern(70_000, 1));
        byte[] expected = new byte[LENGTH];
        System.arraycopy(pattern(70_000, 1), 0, expected, 100_000, 70_000);
        assertArrayEquals(expected, read(node, 0, LENGTH));
    }
}

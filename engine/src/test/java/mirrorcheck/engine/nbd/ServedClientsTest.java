// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.NbdServer.Removal;
import mirrorcheck.engine.nbd.wire.Command;
import org.junit.jupiter.api.Test;

/** Clients that come, stay and leave; requests that are held meanwhile. */
class ServedClientsTest extends NbdTestBase {
    @Test
    void usedExportStaysUnlessItsClientsMayBeDisconnected() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        export("other", ExportOptions.ALL);
        NbdNode node = connect("e");
        assertEquals(1, server.clients("e"));
        BlockException e = assertThrows(BlockException.class,
                () -> server.remove("e", Removal.IF_UNUSED));
        assertEquals("export 'e' still in use", e.getMessage());
        assertEquals(Errno.EBUSY, e.errno());
        write(node, 0, pattern(512, 1));
        server.remove("e", Removal.DISCONNECT);
        assertEquals(List.of("other"), server.exportNames());
        assertEquals(Errno.EIO, assertThrows(BlockException.class,
                () -> read(node, 0, 512)).errno());
        assertThrows(BlockException.class, () -> connect("e"));
        assertServes("other");
    }

    @Test
    void closedClientHasLeft() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        for (int i = 0; i < 20; i++) {
            NbdNode node = connect("e");
            write(node, 0, pattern(512, i));
            node.close();
            assertEquals(0, server.clients("e"));
        }
        server.remove("e", Removal.IF_UNUSED);
    }

    @Test
    void removalWaitsForClientsAndTheirRequests() throws Exception {
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH),
                request -> request.kind() == Request.Kind.WRITE);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        NbdNode node = connect("e");
        FutureTask<Void> write = background(() -> write(node, 0, pattern(512, 1)));
        gate.awaitSeen(1);
        FutureTask<Void> removal = background(() -> server.remove("e", Removal.WAIT));
        while (server.exportNames().contains("e")) {
            Thread.onSpinWait();
        }
        assertThrows(BlockException.class, () -> connect("e"));
        assertFalse(removal.isDone());
        gate.open();
        write.get();
        assertArrayEquals(pattern(512, 1), read(node, 0, 512));
        assertFalse(removal.isDone());
        node.close();
        removal.get();
    }

    @Test
    void disconnectingStillWaitsForWhatRuns() throws Exception {
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH), request -> true);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        NbdNode node = connect("e");
        FutureTask<Void> write = background(() -> write(node, 0, pattern(512, 1)));
        gate.awaitSeen(1);
        FutureTask<Void> removal = background(() -> server.remove("e", Removal.DISCONNECT));
        assertEquals(Errno.EIO, lost(write));
        assertFalse(removal.isDone(), "the node is still in use");
        gate.open();
        removal.get();
    }

    @Test
    void abortLooksLikeADeadProcess() throws Exception {
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH), request -> true);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        NbdNode node = connect("e");
        FutureTask<Void> write = background(() -> write(node, 0, pattern(512, 1)));
        gate.awaitSeen(1);
        server.abort();
        assertEquals(Errno.EIO, lost(write));
        BlockException e = assertThrows(BlockException.class, node::flush);
        assertEquals("node: flush at 0, 0 bytes: nbd server '" + directory.resolve("nbd")
                + "' closed the connection", e.getMessage());
        assertEquals(Errno.EIO, e.errno());
        gate.open();
    }

    private static Errno lost(FutureTask<Void> task) {
        Exception e = assertThrows(ExecutionException.class, task::get);
        return ((BlockException) e.getCause()).errno();
    }

    @Test
    void repliesComeInTheOrderTheyAreReady() throws Exception {
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH),
                request -> request.kind() == Request.Kind.WRITE && request.offset() == 0);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        RawClient raw = raw().entered("e", true);
        raw.command(0, Command.WRITE, 1, 0, 1, (byte) 1);
        raw.command(0, Command.WRITE, 2, 512, 1, (byte) 2);
        assertEquals(2, raw.simple().cookie());
        raw.command(0, Command.READ, 3, 512, 1);
        assertEquals(3, raw.chunk().head().cookie());
        gate.open();
        assertEquals(1, raw.simple().cookie());
        assertEquals(3, gate.seen().size());
    }

    @Test
    void disconnectAnswersWhatIsInFlightFirst() throws Exception {
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH), request -> true);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        RawClient raw = raw().entered("e", false);
        raw.command(0, Command.WRITE, 1, 0, 1, (byte) 1);
        raw.command(0, Command.DISC, 2, 0, 0);
        gate.awaitSeen(1);
        gate.open();
        assertEquals(1, raw.simple().cookie());
        assertTrue(raw.ended());
    }

    @Test
    void heldRequestsHoldUpNobodyElse() throws Exception {
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH),
                request -> request.kind() == Request.Kind.WRITE);
        server.add("held", NbdExport.of(gate, true), ExportOptions.ALL);
        export("free", ExportOptions.ALL);
        NbdNode node = connect("held");
        List<FutureTask<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int offset = i * 512;
            writes.add(background(() -> write(node, offset, pattern(512, offset))));
        }
        gate.awaitSeen(16);
        assertServes("free");
        assertArrayEquals(new byte[512], read(node, 0, 512));
        gate.open();
        for (FutureTask<Void> write : writes) {
            write.get();
        }
        assertArrayEquals(pattern(512, 512), read(node, 512, 512));
    }

    @Test
    void connectionsOfOneExportSeeEachOther() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        NbdNode one = connect("e");
        NbdNode two = connect("e");
        assertEquals(2, server.clients("e"));
        write(one, 0, pattern(100_000, 3));
        assertArrayEquals(pattern(100_000, 3), read(two, 0, 100_000));
    }

    @FunctionalInterface
    private interface Task {
        void run() throws Exception;
    }

    private static FutureTask<Void> background(Task task) {
        FutureTask<Void> future = new FutureTask<>(() -> {
            task.run();
            return null;
        });
        Thread.ofPlatform().daemon().start(future);
        return future;
    }
}

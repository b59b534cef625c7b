// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.FaultNode;
import mirrorcheck.engine.driver.FaultNode.Fault;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.ExportOptions.Feature;
import mirrorcheck.engine.nbd.NbdServer.Removal;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.Flags;
import mirrorcheck.engine.nbd.wire.Info;
import mirrorcheck.engine.nbd.wire.Option;
import mirrorcheck.engine.nbd.wire.OptionData;
import mirrorcheck.engine.nbd.wire.OptionReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server offers, and what becomes of the requests for it. */
class NbdServerTest extends NbdTestBase {
    private static final int WRITABLE = Flags.HAS_FLAGS | Flags.SEND_FLUSH | Flags.SEND_FUA
            | Flags.SEND_TRIM | Flags.SEND_WRITE_ZEROES | Flags.SEND_DF | Flags.CAN_MULTI_CONN
            | Flags.SEND_FAST_ZERO;

    @Test
    void offersEverythingByDefault() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        NbdNode node = connect("e");
        assertEquals(WRITABLE, node.exportFlags());
        assertEquals(LENGTH, node.exportSize());
        assertTrue(node.knowsStatus());
        assertEquals(new Limits(1, 0, 32 << 20, 32 << 20, true), node.limits());
    }

    @ParameterizedTest
    @CsvSource({"FLUSH, 4", "FUA, 8", "TRIM, 32", "WRITE_ZEROES, 2112", "FAST_ZERO, 2048",
        "MULTI_CONN, 256", "BLOCK_STATUS, 0", "HOLES, 0"})
    void offersExactlyWhatItIsTold(Feature missing, int flags) throws Exception {
        serve(loopback(), ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL.without(missing));
        NbdNode node = connect("e");
        assertEquals(WRITABLE & ~flags, node.exportFlags());
        assertEquals(missing != Feature.BLOCK_STATUS, node.knowsStatus());
        assertEquals(missing != Feature.WRITE_ZEROES, node.limits().canWriteZeroes());
        assertServes("e");
    }

    @Test
    void readOnlyExportOffersNoWritesAndRefusesThem() throws Exception {
        serve(ServerOptions.DEFAULT);
        MemoryNode memory = new MemoryNode(UNMAP, LENGTH);
        server.add("ro", NbdExport.of(memory, false), ExportOptions.ALL);
        BlockException e = assertThrows(BlockException.class, () -> connect("ro"));
        assertEquals("Could not open image: Permission denied", e.getMessage());
        assertEquals(Errno.EACCES, e.errno());
        NbdNode node = connect(UNMAP.withReadOnly(true), "ro");
        assertEquals(Flags.HAS_FLAGS | Flags.READ_ONLY | Flags.SEND_FLUSH | Flags.SEND_FUA
                | Flags.SEND_DF | Flags.CAN_MULTI_CONN, node.exportFlags());
        RawClient raw = raw().entered("ro", false);
        for (int type : new int[] {Command.WRITE, Command.WRITE_ZEROES, Command.TRIM}) {
            byte[] data = new byte[type == Command.WRITE ? 512 : 0];
            raw.command(0, type, type, 0, 512, data);
            assertEquals(Errno.EPERM.number(), raw.simple().error());
        }
    }

    @Test
    void clientsAndServersAgreeOnTextsForWhatIsNotThere() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        assertEquals("Requested export not available",
                assertThrows(BlockException.class, () -> connect("nope")).getMessage());
        assertEquals("NBD server already has export named 'e'",
                assertThrows(BlockException.class, () -> export("e", ExportOptions.ALL))
                        .getMessage());
        assertEquals("Export 'x' is not found", assertThrows(BlockException.class,
                () -> server.remove("x", Removal.WAIT)).getMessage());
        Path missing = directory.resolve("missing");
        BlockException e = assertThrows(BlockException.class, () ->
                NbdNode.connect(UNMAP, UnixDomainSocketAddress.of(missing), ""));
        assertEquals("Failed to connect to '" + missing + "': No such file or directory",
                e.getMessage());
        assertEquals(Errno.ENOENT, e.errno());
    }

    @Test
    void connectionThatNobodyTakesIsRefused() throws Exception {
        InetSocketAddress address;
        try (NbdServer gone = NbdServer.listen(loopback(), ServerOptions.DEFAULT)) {
            address = (InetSocketAddress) gone.address();
        }
        BlockException e = assertThrows(BlockException.class,
                () -> NbdNode.connect(UNMAP, address, ""));
        assertEquals("Failed to connect to '" + Sockets.text(address) + "': Connection refused",
                e.getMessage());
    }

    @Test
    void saysWhyItCannotListen() throws Exception {
        Path tooLong = directory.resolve("n".repeat(120));
        assertEquals("UNIX socket path '" + tooLong + "' is too long", listenError(tooLong));
        assertEquals("UNIX socket path '" + tooLong + "' is too long",
                assertThrows(BlockException.class, () -> NbdNode.connect(UNMAP,
                        UnixDomainSocketAddress.of(tooLong), "")).getMessage());
        Path missing = directory.resolve("no/nbd");
        assertEquals("Failed to bind socket to " + missing + ": No such file or directory",
                listenError(missing));
        Path file = Files.writeString(directory.resolve("file"), "keep");
        assertEquals("Failed to bind socket to " + file + ": Address already in use",
                listenError(file));
        assertEquals("keep", Files.readString(file));
    }

    private static String listenError(Path path) {
        return assertThrows(BlockException.class, () -> NbdServer.listen(
                UnixDomainSocketAddress.of(path), ServerOptions.DEFAULT)).getMessage();
    }

    @Test
    void socketFileOfADeadServerIsReplacedAndRemovedAtTheEnd() throws Exception {
        Path path = directory.resolve("nbd");
        serve(ServerOptions.DEFAULT);
        server.abort();
        assertTrue(Files.exists(path), "left as a killed process would");
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        assertServes("e");
        server.close();
        assertFalse(Files.exists(path));
    }

    @Test
    void listsAndDescribesExports() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("", ExportOptions.ALL);
        export("two", ExportOptions.ALL.withDescription("the second"));
        assertEquals(List.of("", "two"), server.exportNames());
        RawClient raw = raw().greeted();
        List<RawClient.Answer> list = raw.option(Option.LIST, new byte[0]);
        assertEquals(new OptionData.Server("", ""),
                OptionData.Server.decode(ByteBuffer.wrap(list.get(0).data())));
        assertEquals(new OptionData.Server("two", "the second"),
                OptionData.Server.decode(ByteBuffer.wrap(list.get(1).data())));
        assertEquals(OptionReply.ACK, list.get(2).type());
        List<RawClient.Answer> info = raw.option(Option.INFO, new OptionData.Go("two",
                List.of(Info.NAME, Info.DESCRIPTION, Info.BLOCK_SIZE, 99)).encode());
        assertArrayEquals(Info.encode(ExportOptions.ALL.blockSizes()), info.get(0).data());
        assertArrayEquals(Info.encode(Info.NAME, "two"), info.get(1).data());
        assertArrayEquals(Info.encode(Info.DESCRIPTION, "the second"), info.get(2).data());
        // Without structured replies: reads cannot be fragmented.
        assertArrayEquals(Info.encode(new Info.Export(LENGTH, WRITABLE & ~Flags.SEND_DF)),
                info.get(3).data());
        assertEquals(OptionReply.ACK, info.get(4).type());
        assertEquals(5, info.size());
        assertEquals(0, server.clients("two"), "asking is not entering");
        assertEquals(OptionReply.ACK, raw.option(Option.ABORT, new byte[] {1}).getLast().type());
        assertTrue(raw.ended());
    }

    @ParameterizedTest
    @CsvSource({"false, '', base:allocation", "false, base:, base:allocation",
        "false, 'base:allocation qemu:x', base:allocation", "false, qemu:x, ''",
        "true, '', ''", "true, base:, ''", "true, base:allocation, base:allocation",
        "true, x:y, ''"})
    void metadataContextsAreFoundByQuery(boolean set, String queries, String found)
            throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        RawClient raw = raw().greeted();
        raw.option(Option.STRUCTURED_REPLY, new byte[0]);
        List<String> asked = queries.isEmpty() ? List.of() : List.of(queries.split(" "));
        List<RawClient.Answer> answers = raw.option(
                set ? Option.SET_META_CONTEXT : Option.LIST_META_CONTEXT,
                new OptionData.MetaQuery("e", asked).encode());
        assertEquals(OptionReply.ACK, answers.getLast().type());
        assertEquals(found.isEmpty() ? 1 : 2, answers.size());
        if (!found.isEmpty()) {
            OptionData.MetaContext context =
                    OptionData.MetaContext.decode(ByteBuffer.wrap(answers.get(0).data()));
            assertEquals(found, context.name());
            assertEquals(set, context.id() != 0);
        }
    }

    @Test
    void contextOfAnotherExportDoesNotCount() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        export("other", ExportOptions.ALL);
        RawClient raw = raw().greeted();
        raw.option(Option.STRUCTURED_REPLY, new byte[0]);
        raw.option(Option.SET_META_CONTEXT,
                new OptionData.MetaQuery("other", List.of("base:allocation")).encode());
        raw.option(Option.GO, new OptionData.Go("e", List.of()).encode());
        raw.command(0, Command.BLOCK_STATUS, 1, 0, 512);
        RawClient.Piece piece = raw.chunk();
        assertEquals(Chunk.ERROR, piece.head().type());
        assertEquals(new Chunk.Failure(22, "block status at 0, 512 bytes: not offered", -1),
                Chunk.Failure.decode(Chunk.ERROR, piece.payload()));
    }

    @ParameterizedTest
    @CsvSource({"0, 134", "2, 10"})
    void exportNameIsAnsweredInTheOldWay(int flags, int bytes) throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        RawClient raw = raw();
        raw.take(18);
        raw.send(ByteBuffer.allocate(4).putInt(flags).flip());
        raw.sendOption(Option.EXPORT_NAME, new byte[] {'e'});
        ByteBuffer answer = raw.take(bytes);
        assertEquals(new Info.Export(LENGTH, WRITABLE & ~Flags.SEND_DF), Info.Export.get(answer));
        raw.command(0, Command.READ, 9, 0, 3);
        assertEquals(9, raw.simple().cookie());
        assertArrayEquals(new byte[3], raw.take(3).array());
        raw.command(0, Command.DISC, 0, 0, 0);
        assertTrue(raw.ended());
    }

    @Test
    void blockSizesMustBeAskedForAndKeptTo() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL.withBlockSizes(512, 4096, 8192));
        RawClient raw = raw().greeted();
        List<RawClient.Answer> go = raw.option(Option.GO,
                new OptionData.Go("e", List.of()).encode());
        assertEquals(OptionReply.ERR_BLOCK_SIZE_REQD, go.getLast().type());
        raw.option(Option.GO, new OptionData.Go("e", List.of(Info.BLOCK_SIZE)).encode());
        for (long[] bad : new long[][] {{1, 512}, {0, 511}, {0, 16384}}) {
            raw.command(0, Command.READ, 1, bad[0], bad[1]);
            assertEquals(22, raw.simple().error());
        }
        raw.command(0, Command.WRITE_ZEROES, 1, 0, 16384);
        assertEquals(0, raw.simple().error(), "the maximum is one of payloads");
        assertServes("e");
    }

    @Test
    void readsAreCutIntoDataAndHolesUnlessTheyMustNotBe() throws Exception {
        serve(ServerOptions.DEFAULT);
        MemoryNode memory = export("e", ExportOptions.ALL);
        write(memory, 70_000, pattern(1000, 1));
        RawClient raw = raw().entered("e", true);
        raw.command(0, Command.READ, 5, 100, 200_000);
        assertPiece(raw.chunk(), Chunk.OFFSET_HOLE, 0, 100, 65_436);
        RawClient.Piece data = raw.chunk();
        assertPiece(data, Chunk.OFFSET_DATA, 0, 65_536, 32_768);
        assertPiece(raw.chunk(), Chunk.OFFSET_HOLE, Chunk.FLAG_DONE, 98_304, 101_796);
        byte[] expected = new byte[32_768];
        System.arraycopy(pattern(1000, 1), 0, expected, 70_000 - 65_536, 1000);
        assertEquals(ByteBuffer.wrap(expected), data.payload());
        raw.command(Command.FLAG_DF, Command.READ, 6, 100, 200_000);
        assertPiece(raw.chunk(), Chunk.OFFSET_DATA, Chunk.FLAG_DONE, 100, 200_000);
        raw.command(0, Command.READ, 7, 100, 0);
        assertEquals(new Chunk(Chunk.FLAG_DONE, Chunk.NONE, 7, 0), raw.chunk().head());
    }

    private static void assertPiece(RawClient.Piece piece, int type, int flags, long offset,
            long bytes) {
        assertEquals(type, piece.head().type());
        assertEquals(flags, piece.head().flags());
        assertEquals(offset, piece.payload().getLong());
        long found = type == Chunk.OFFSET_HOLE ? piece.payload().getInt()
                : piece.payload().remaining();
        assertEquals(bytes, found);
    }

    @Test
    void statusIsJoinedAndRoundedToBlocks() throws Exception {
        serve(ServerOptions.DEFAULT);
        MemoryNode memory = new MemoryNode(UNMAP, LENGTH);
        write(memory, 4096, pattern(4096, 1));
        server.add("fine", NbdExport.of(memory, true), ExportOptions.ALL);
        server.add("coarse", NbdExport.of(memory, true),
                ExportOptions.ALL.withBlockSizes(65_536, 65_536, 1 << 20));
        assertEquals(new Extent(0, 4096, BlockStatus.ZERO), connect("fine").blockStatus(0, LENGTH));
        assertEquals(new Extent(100, 65_436, BlockStatus.DATA),
                connect("coarse").blockStatus(100, LENGTH));
        RawClient raw = raw().entered("fine", true);
        raw.command(0, Command.BLOCK_STATUS, 1, 0, LENGTH);
        assertEquals(List.of(new Chunk.Descriptor(4096, 3), new Chunk.Descriptor(4096, 0),
                new Chunk.Descriptor(LENGTH - 8192, 3)),
                Chunk.Status.decode(raw.chunk().payload()).extents());
        raw.command(Command.FLAG_REQ_ONE, Command.BLOCK_STATUS, 2, 4096, 100);
        assertEquals(List.of(new Chunk.Descriptor(100, 0)),
                Chunk.Status.decode(raw.chunk().payload()).extents());
    }

    @Test
    void flagsOfRequestsReachTheNode() throws Exception {
        serve(ServerOptions.DEFAULT);
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH), request -> false);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        RawClient raw = raw().entered("e", false);
        raw.command(Command.FLAG_FUA, Command.WRITE, 1, 0, 1, (byte) 1);
        raw.simple();
        raw.command(0, Command.WRITE_ZEROES, 1, 512, 512);
        raw.simple();
        raw.command(Command.FLAG_NO_HOLE | Command.FLAG_FAST_ZERO | Command.FLAG_FUA,
                Command.WRITE_ZEROES, 1, 512, 512);
        raw.simple();
        raw.command(Command.FLAG_FUA, Command.TRIM, 1, 1024, 512);
        raw.simple();
        raw.command(Command.FLAG_FUA, Command.FLUSH, 1, 0, 0);
        raw.simple();
        assertEquals(List.of(
                new Request(Request.Kind.WRITE, 0, 1, Set.of(WriteFlag.FUA)),
                new Request(Request.Kind.WRITE_ZEROES, 512, 512, Set.of(WriteFlag.MAY_UNMAP)),
                new Request(Request.Kind.WRITE_ZEROES, 512, 512,
                        Set.of(WriteFlag.FAST_ZERO, WriteFlag.FUA)),
                new Request(Request.Kind.DISCARD, 1024, 512, Set.of()),
                new Request(Request.Kind.FLUSH, 0, 0, Set.of()),
                new Request(Request.Kind.FLUSH, 0, 0, Set.of())), gate.seen());
    }

    @ParameterizedTest
    @EnumSource(value = Errno.class, names = {"EPERM", "EIO", "ENOMEM", "ENOSPC", "EACCES",
        "ESHUTDOWN", "EOVERFLOW"})
    void errorsOfTheNodeArriveWithTheirText(Errno errno) throws Exception {
        serve(ServerOptions.DEFAULT);
        FaultNode fault = new FaultNode(FilterNode.transparent("fault"),
                new MemoryNode(UNMAP, LENGTH), true);
        server.add("e", NbdExport.of(fault, true), ExportOptions.ALL);
        NbdNode node = connect("e");
        for (Request.Kind kind : List.of(Request.Kind.READ, Request.Kind.WRITE)) {
            fault.inject(Fault.once(kind, errno));
            BlockException e = assertThrows(BlockException.class, () -> {
                if (kind == Request.Kind.READ) {
                    read(node, 512, 512);
                } else {
                    write(node, 512, new byte[512]);
                }
            });
            assertEquals(errno == Errno.EACCES ? Errno.EINVAL : errno, e.errno());
            String what = kind == Request.Kind.READ ? "read" : "write";
            assertEquals("node: " + what + " at 512, 512 bytes: fault: " + kind
                    + " at 512, 512 bytes: fault injected: " + errno.text(), e.getMessage());
        }
        assertServes("e");
    }

    @Test
    void refusedZeroWritesAreWrittenByTheClient() throws Exception {
        serve(ServerOptions.DEFAULT);
        FaultNode fault = new FaultNode(FilterNode.transparent("fault"),
                new MemoryNode(UNMAP, LENGTH), true);
        GateNode gate = new GateNode(fault, request -> false);
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        NbdNode node = connect("e");
        write(node, 0, pattern(8192, 1));
        fault.inject(Fault.always(Request.Kind.WRITE_ZEROES, Errno.ENOSPC));
        assertEquals(Errno.ENOSPC, assertThrows(BlockException.class,
                () -> node.writeZeroes(0, 4096, WriteFlag.NONE)).errno());
        fault.clear();
        node.writeZeroes(0, 4096, WriteFlag.NONE);
        assertArrayEquals(new byte[4096], read(node, 0, 4096));
        assertArrayEquals(java.util.Arrays.copyOfRange(pattern(8192, 1), 4096, 8192),
                read(node, 4096, 4096));
    }

    @Test
    void bugsOfAnExportAreErrorsOfTheRequestAndAreTold() throws Exception {
        serve(ServerOptions.DEFAULT);
        MemoryNode memory = new MemoryNode(UNMAP, LENGTH);
        memory.close();
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH), request -> {
            throw new IllegalStateException("a bug");
        });
        server.add("e", NbdExport.of(gate, true), ExportOptions.ALL);
        NbdNode node = connect("e");
        for (int i = 0; i < 100; i++) {
            assertEquals(Errno.EIO, assertThrows(BlockException.class,
                    () -> read(node, 0, 512)).errno());
        }
        assertEquals("nbd server: read at 0, 512 bytes: java.lang.IllegalStateException: a bug",
                log.getFirst());
        assertEquals(100, log.size());
    }

    @Test
    void boundsOfNothingAreRefused() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> ServerOptions.DEFAULT.withMaxRequests(0));
        assertEquals("nbd server: 100 connections, 0 requests, 64 workers: must be at least 1,"
                + " 10000 ms: must be at least 0", e.getMessage());
        assertEquals("nbd minimum block size 513: must be a power of two",
                assertThrows(IllegalArgumentException.class, () ->
                        ExportOptions.ALL.withBlockSizes(513, 4096, 513 * 8)).getMessage());
    }

    @Test
    void attachmentIsServedWhateverNodeItHas() throws Exception {
        serve(ServerOptions.DEFAULT);
        Graph graph = new Graph();
        MemoryNode first = new MemoryNode(UNMAP, LENGTH);
        graph.add(first);
        MemoryNode second = new MemoryNode(
                FilterNode.transparent("second"), LENGTH);
        graph.add(second);
        try (Attachment attachment = graph.attach("node", "export")) {
            server.add("e", NbdExport.of(attachment, true), ExportOptions.ALL);
            NbdNode node = connect("e");
            write(node, 0, pattern(512, 1));
            try (Graph.Drain drain = graph.drain(first)) {
                drain.moveUsersTo(second);
            }
            write(node, 0, pattern(512, 2));
            node.flush();
            node.discard(4096, 4096);
            node.writeZeroes(8192, 4096, WriteFlag.NONE);
            assertEquals(BlockStatus.DATA, node.blockStatus(0, 512).status());
            assertArrayEquals(pattern(512, 2), read(second, 0, 512));
            assertArrayEquals(pattern(512, 1), read(first, 0, 512));
            server.remove("e", Removal.DISCONNECT);
        }
    }
}

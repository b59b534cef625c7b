// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Interruptions;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.wire.BlockSizes;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.Flags;
import mirrorcheck.engine.nbd.wire.Handshake;
import mirrorcheck.engine.nbd.wire.Info;
import mirrorcheck.engine.nbd.wire.Option;
import mirrorcheck.engine.nbd.wire.OptionReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the client makes of servers that are old, odd or wrong. */
class HostileServerTest extends NbdTestBase {
    private static final Info.Export EXPORT =
            new Info.Export(1 << 20, Flags.HAS_FLAGS | Flags.SEND_FLUSH);
    /** Stands for the cookie of the request in the bytes of a script. */
    private static final String COOKIE = "cccccccccccccccc";

    private NbdNode connect(FakeServer.Script script) throws Exception {
        FakeServer fake = closing(new FakeServer(directory.resolve("fake"), script));
        return closing(NbdNode.connect(UNMAP, fake.address(), "e"));
    }

    /** Connects to a server that answers the first request with these bytes and then goes on. */
    private NbdNode answering(boolean structured, String hex) throws Exception {
        return connect(server -> {
            server.enter(EXPORT, BlockSizes.DEFAULT, structured);
            Command command = server.command();
            String cookie = "%016x".formatted(command.cookie());
            server.send(HexFormat.of().parseHex(hex.replace(" ", "").replace(COOKIE, cookie)));
            server.command();
        });
    }

    private String broken(BlockException e) {
        assertEquals(Errno.EIO, e.errno());
        String head = ": nbd server '" + directory.resolve("fake") + "' broke the protocol: ";
        int at = e.getMessage().indexOf(head);
        return at < 0 ? e.getMessage() : e.getMessage().substring(at + head.length());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            00000000 00000000 cccccccccccccccc | nbd simple reply: magic 0x0: must be 0x67446698
            67446698 00000000 00000000000000ff | nbd reply: cookie 255: must be that of a request \
            in flight: 1
            67446698 00000000 cccccccccccccccc | nbd reply to read at 512, 1024 bytes: simple: \
            must be structured
            668e33ef 0001 0001 cccccccccccccccc 00000008 0000000000000200 | nbd data chunk: \
            length 8: must be 9 to 1032
            668e33ef 0001 0001 cccccccccccccccc 00000409 0000000000000200 | nbd data chunk: \
            length 1033: must be 9 to 1032
            668e33ef 0001 0001 cccccccccccccccc ffffffff 0000000000000200 | nbd structured \
            reply: length 4294967295: must be 0 to 33558592
            668e33ef 0001 0001 cccccccccccccccc 00000009 00000000000001ff 00 | nbd data chunk: \
            offset 511: must be 512 to 1535
            668e33ef 0001 0001 cccccccccccccccc 0000000a 00000000000005ff 0000 | nbd data chunk: \
            offset 1535: must be 512 to 1534
            668e33ef 0001 0001 cccccccccccccccc 00000009 ffffffffffffffff 00 | nbd data chunk: \
            offset -1: must be 512 to 1535
            668e33ef 0001 0002 cccccccccccccccc 0000000c 0000000000000200 00000000 | nbd hole \
            chunk: hole size 0: must be 1 to 1024
            668e33ef 0001 0002 cccccccccccccccc 0000000c 0000000000000200 00000401 | nbd hole \
            chunk: hole size 1025: must be 1 to 1024
            668e33ef 0001 0002 cccccccccccccccc 0000000b 0000000000000200 000004 | nbd hole \
            chunk: length 11: must be 12
            668e33ef 0000 0002 cccccccccccccccc 0000000c 0000000000000200 00000200 \
            668e33ef 0001 0002 cccccccccccccccc 0000000c 00000000000003ff 00000200 | nbd hole \
            chunk: offset 1023, 512 bytes: must not overlap an earlier chunk
            668e33ef 0000 0002 cccccccccccccccc 0000000c 0000000000000400 00000200 \
            668e33ef 0001 0002 cccccccccccccccc 0000000c 0000000000000200 00000201 | nbd hole \
            chunk: offset 512, 513 bytes: must not overlap an earlier chunk
            668e33ef 0001 0002 cccccccccccccccc 0000000c 0000000000000200 00000200 | nbd reply \
            to read at 512, 1024 bytes: data bytes 512: must be 1024
            668e33ef 0001 0000 cccccccccccccccc 00000000 | nbd reply to read at 512, 1024 bytes: \
            data bytes 0: must be 1024
            668e33ef 0000 0000 cccccccccccccccc 00000000 | nbd empty chunk: flags 0: bit 0 must \
            be set
            668e33ef 0001 0000 cccccccccccccccc 00000001 00 | nbd empty chunk: length 1: must be 0
            668e33ef 0001 0005 cccccccccccccccc 0000000c 00000005 00000200 00000000 | nbd reply \
            to read at 512, 1024 bytes: chunk type 5: must be 0 or an error
            668e33ef 0001 8001 cccccccccccccccc 00000006 00000000 0000 | nbd error 0: must be \
            1 to 4294967295
            668e33ef 0001 8001 cccccccccccccccc 00001041 | nbd error chunk length 4161: must be \
            0 to 4160
            """)
    void wrongRepliesToReadsEndTheConnection(String hex, String message) throws Exception {
        NbdNode node = answering(true, hex);
        assertEquals(message, broken(assertThrows(BlockException.class,
                () -> read(node, 512, 1024))));
        assertEquals(message, broken(assertThrows(BlockException.class, node::flush)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            67446698 00000000 cccccccccccccccc | nbd reply to block status at 0, 4096 bytes: no \
            status: must be one
            668e33ef 0001 0000 cccccccccccccccc 00000000 | nbd reply to block status at 0, 4096 \
            bytes: no status: must be one
            668e33ef 0001 0005 cccccccccccccccc 0000000c 00000006 00001000 00000000 | nbd block \
            status: context 6: must be 5
            668e33ef 0001 0005 cccccccccccccccc 0000000c 00000005 00001001 00000000 | nbd block \
            status: extent length 4097: must be 1 to 4096
            668e33ef 0001 0005 cccccccccccccccc 0000000c 00000005 00000000 00000000 | nbd extent \
            length 0: must be 1 to 4294967295
            668e33ef 0001 0005 cccccccccccccccc 00000014 00000005 00000800 00000000 00000800 \
            00000003 | nbd block status: length 20: must be 12
            668e33ef 0000 0005 cccccccccccccccc 0000000c 00000005 00001000 00000000 \
            668e33ef 0001 0005 cccccccccccccccc 0000000c 00000005 00001000 00000000 | nbd reply \
            to block status at 0, 4096 bytes: second status: must be one
            668e33ef 0001 0001 cccccccccccccccc 0000000c 00000005 00001000 00000000 | nbd reply \
            to block status at 0, 4096 bytes: chunk type 1: must be 0 or an error
            """)
    void wrongRepliesToBlockStatusEndTheConnection(String hex, String message) throws Exception {
        NbdNode node = answering(true, hex);
        assertEquals(message, broken(assertThrows(BlockException.class,
                () -> node.blockStatus(0, 4096))));
    }

    @ParameterizedTest
    @CsvSource({"0, false, true", "1, false, false", "2, true, true", "3, true, true",
        "4, false, true"})
    void statesOfExtents(int state, boolean zero, boolean allocated) throws Exception {
        NbdNode node = answering(true, "668e33ef 0001 0005 " + COOKIE
                + " 0000000c 00000005 00000800 0000000" + state);
        assertEquals(new Extent(0, 2048, new BlockStatus(zero, allocated)),
                node.blockStatus(0, 4096));
    }

    @Test
    void piecesOfAReadMayComeInAnyOrder() throws Exception {
        NbdNode node = answering(true, "668e33ef 0000 0001 " + COOKIE
                + " 0000000a 0000000000000202 abcd 668e33ef 0000 0002 " + COOKIE
                + " 0000000c 0000000000000204 00000001 668e33ef 0000 0001 " + COOKIE
                + " 0000000a 0000000000000200 1234 668e33ef 0001 0000 " + COOKIE + " 00000000");
        assertArrayEquals(new byte[] {0x12, 0x34, (byte) 0xab, (byte) 0xcd, 0},
                read(node, 512, 5));
    }

    @ParameterizedTest
    @CsvSource({"8001, 0000000a 0000001c 0004 66756c6c, ENOSPC, full",
        "8002, 00000010 00000005 0002 6e6f 0000000000000200, EIO, no",
        "8007, 00000008 0000000d 0000 ffff, EINVAL, Invalid argument",
        "8001, 00000006 0000006c 0000, ESHUTDOWN, Cannot send after transport endpoint shutdown"})
    void errorChunksFailTheirRequestOnly(String type, String payload, Errno errno, String text)
            throws Exception {
        NbdNode node = answering(true, "668e33ef 0001 " + type + COOKIE + payload);
        BlockException e = assertThrows(BlockException.class, () -> read(node, 512, 1024));
        assertEquals(errno, e.errno());
        assertEquals("node: read at 512, 1024 bytes: " + text, e.getMessage());
    }

    @Test
    void connectionGoesOnAfterAnErrorAmongGoodChunks() throws Exception {
        NbdNode node = connect(server -> {
            server.enter(EXPORT, null, true);
            String cookie = "%016x".formatted(server.command().cookie());
            server.send(HexFormat.of().parseHex("668e33ef00000001" + cookie
                    + "0000000900000000000002ff01668e33ef00008001" + cookie
                    + "0000000600000005" + "0000668e33ef00010000" + cookie + "00000000"));
            cookie = "%016x".formatted(server.command().cookie());
            server.send(HexFormat.of().parseHex("6744669800000000" + cookie));
            server.command();
        });
        assertEquals(Errno.EIO, assertThrows(BlockException.class,
                () -> read(node, 512, 512)).errno());
        node.flush();
    }

    @ParameterizedTest
    @CsvSource({"'', 67446698", "67446698 00, ''", "'', 668e33ef 0001 0001 cccccccccccccccc"})
    void deathInTheMiddleOfAReply(String head, String tail) throws Exception {
        NbdNode node = connect(server -> {
            server.enter(EXPORT, null, true);
            server.command();
            server.send(HexFormat.of().parseHex((head + tail).replace(" ", "")));
        });
        BlockException e = assertThrows(BlockException.class, () -> read(node, 0, 512));
        assertEquals(Errno.EIO, e.errno());
        assertEquals("node: read at 0, 512 bytes: nbd server '" + directory.resolve("fake")
                + "' closed the connection", e.getMessage());
        node.close();
    }

    @Test
    void oldServerWithoutOptions() throws Exception {
        NbdNode node = connect(server -> {
            server.greet(0);
            Option option = Option.get(server.take(Option.HEADER_BYTES));
            assertEquals(Option.EXPORT_NAME, option.option());
            server.take((int) option.length());
            ByteBuffer answer = ByteBuffer.allocate(134);
            EXPORT.put(answer);
            server.send(answer.array());
            Command command = server.command();
            server.send(HexFormat.of().parseHex("6744669800000000"
                    + "%016x".formatted(command.cookie())));
            server.send(pattern(512, 1));
            server.command();
        });
        assertEquals(new Limits(512, 0, 32 << 20, 32 << 20, false), node.limits());
        assertArrayEquals(pattern(512, 1), read(node, 512, 512));
        assertEquals(new Extent(100, 10_000, BlockStatus.DATA), node.blockStatus(100, 10_000));
    }

    @Test
    void serverWithoutGoIsAskedInTheOldWay() throws Exception {
        NbdNode node = connect(server -> {
            server.greet(Handshake.FIXED_NEWSTYLE | Handshake.NO_ZEROES);
            Option option = server.option();
            while (option.option() != Option.EXPORT_NAME) {
                server.reply(option, OptionReply.ERR_UNSUP, (byte) 'n', (byte) 'o');
                option = server.option();
            }
            ByteBuffer answer = ByteBuffer.allocate(Handshake.EXPORT_BYTES);
            EXPORT.put(answer);
            server.send(answer.array());
            server.command();
        });
        assertEquals(1 << 20, node.exportSize());
    }

    @Test
    void blockSizesBecomeLimits() throws Exception {
        NbdNode node = connect(server -> {
            server.enter(new Info.Export(4096, 1 | Flags.SEND_WRITE_ZEROES),
                    new BlockSizes(4096, 8192, 0xffffffffL), false);
            server.command();
        });
        assertEquals(new Limits(4096, 0, 32 << 20, 32 << 20, true), node.limits());
    }

    @Test
    void oddSizeIsRoundedUpAndTheServerNeverSeesTheRest() throws Exception {
        NbdNode node = connect(server -> {
            server.enter(new Info.Export(1000, 1), BlockSizes.DEFAULT, false);
            while (true) {
                Command command = server.command();
                server.take(command.type() == Command.WRITE ? (int) command.length() : 0);
                int error = command.offset() + command.length() > 1000 ? 28 : 0;
                server.send(HexFormat.of().parseHex("67446698%08x%016x".formatted(error,
                        command.cookie())));
                if (command.type() == Command.READ && error == 0) {
                    server.send(pattern((int) command.length(), 1));
                }
            }
        });
        assertEquals(1024, node.length());
        assertArrayEquals(java.util.Arrays.copyOf(pattern(1000, 1), 1024), read(node, 0, 1024));
        assertArrayEquals(new byte[24], read(node, 1000, 24));
        write(node, 990, new byte[34]);
        write(node, 1000, new byte[24]);
        BlockException e = assertThrows(BlockException.class,
                () -> write(node, 999, new byte[] {1, 2}));
        assertEquals("node: write at 999, 2 bytes: data behind the end of the export: 1000",
                e.getMessage());
        assertEquals(Errno.ENOSPC, e.errno());
        node.writeZeroes(0, 1024, WriteFlag.NONE);
        assertEquals(new Extent(1000, 24, BlockStatus.ZERO), node.blockStatus(1000, 24));
        assertEquals(new Extent(0, 1000, BlockStatus.DATA), node.blockStatus(0, 1024));
    }

    @ParameterizedTest
    @CsvSource({"GREETING, 'nbd greeting: magic 0x101010101010101: must be 0x4e42444d41474943'",
        "OPTION, 'nbd option reply: option 7: must be 8'",
        "LENGTH, 'nbd option reply: length 4294967295: must be 0 to 65536'",
        "TYPE, 'nbd reply type to option 8 2: must be 1'",
        "INFO, 'nbd option 7: accepted without export information'",
        "SIZE, 'nbd export size -1: must be 0 to 9223372036854775807'",
        "BLOCK, 'nbd minimum block size 3: must be a power of two'",
        "GONE, the peer closed the connection"})
    void brokenHandshake(String where, String message) throws Exception {
        BlockException e = assertThrows(BlockException.class,
                () -> connect(server -> breakHandshake(server, where)));
        assertEquals("nbd server '" + directory.resolve("fake") + "': handshake failed: "
                + message, e.getMessage());
        assertEquals(Errno.EIO, e.errno());
    }

    private static void breakHandshake(FakeServer server, String where)
            throws java.io.IOException {
        if (where.equals("GREETING")) {
            server.send(ByteBuffer.allocate(18).putLong(0x0101010101010101L).array());
            return;
        }
        server.greet(Handshake.FIXED_NEWSTYLE);
        Option option = server.option();
        switch (where) {
            case "OPTION" -> server.reply(new Option(Option.GO, 0), OptionReply.ACK);
            case "LENGTH" -> {
                ByteBuffer head = ByteBuffer.allocate(OptionReply.HEADER_BYTES);
                new OptionReply(8, OptionReply.ACK, 0xffffffffL).put(head);
                server.send(head.array());
            }
            case "TYPE" -> server.reply(option, OptionReply.SERVER);
            case "GONE" -> {
                return;
            }
            default -> {
                server.reply(option, OptionReply.ERR_UNSUP);
                option = server.option();
                if (where.equals("SIZE")) {
                    server.reply(option, OptionReply.INFO,
                            Info.encode(new Info.Export(-1, 1)));
                } else if (where.equals("BLOCK")) {
                    server.reply(option, OptionReply.INFO,
                            Info.encode(new BlockSizes(3, 512, 0)));
                }
                server.reply(option, OptionReply.ACK);
            }
        }
        server.take(1);
    }

    @ParameterizedTest
    @CsvSource({"80000005, Server requires TLS for option 7 (go)",
        "80000006, Requested export not available",
        "80000002, 'nbd option 7: refused with error 2: server reported: no!'"})
    void refusedExport(String error, String message) throws Exception {
        BlockException e = assertThrows(BlockException.class, () -> connect(server -> {
            server.greet(Handshake.FIXED_NEWSTYLE);
            server.reply(server.option(), OptionReply.ERR_UNSUP);
            server.reply(server.option(), (int) Long.parseLong(error, 16), (byte) 'n',
                    (byte) 'o', (byte) '!');
            server.take(1);
        }));
        assertEquals(message, e.getMessage());
        assertEquals(Errno.EINVAL, e.errno());
    }

    @Test
    void serverThatDoesNotReadCannotKeepTheNodeOpen() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        NbdNode node = connect(server -> {
            server.enter(EXPORT, BlockSizes.DEFAULT, true);
            server.command();
            writing.countDown();
            Interruptions.join(awaiting(over));
        });
        FutureTask<Errno> write = new FutureTask<>(() -> assertThrows(BlockException.class,
                () -> write(node, 0, new byte[1 << 20])).errno());
        Thread.ofPlatform().daemon().start(write);
        writing.await();
        node.close();
        assertEquals(Errno.EIO, write.get());
        over.countDown();
    }

    private static Thread awaiting(CountDownLatch latch) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void memoryThatIsClosedEndsTheConnectionRatherThanMixUpRequests() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
        NbdNode node = connect(UNMAP, "e");
        MemorySegment gone;
        try (Arena arena = Arena.ofShared()) {
            gone = arena.allocate(4096);
        }
        assertThrows(IllegalStateException.class, () -> node.write(0, gone, WriteFlag.NONE));
        assertEquals(Errno.EIO, assertThrows(BlockException.class, node::flush).errno());
        assertServes("e");
    }
}

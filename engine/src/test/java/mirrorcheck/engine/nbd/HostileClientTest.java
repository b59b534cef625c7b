// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.Option;
import mirrorcheck.engine.nbd.wire.OptionData;
import mirrorcheck.engine.nbd.wire.OptionReply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever one client does, the server lives and serves the next. */
class HostileClientTest extends NbdTestBase {
    @BeforeEach
    void start() throws Exception {
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
    }

    @AfterEach
    void stillServes() throws Exception {
        assertServes("e");
    }

    private void assertLogged(String message) {
        // The line is written before the connection ends, which the test has seen.
        assertEquals(List.of("nbd server: connection ended: " + message), log);
    }

    @Test
    void unknownClientFlags() throws Exception {
        RawClient raw = raw();
        raw.take(18);
        raw.send(ByteBuffer.allocate(4).putInt(0x80000003).flip());
        assertTrue(raw.ended());
        assertLogged("nbd client flags 0x80000003: must be within 0x3");
    }

    @Test
    void badMagicOfAnOption() throws Exception {
        RawClient raw = raw().greeted();
        raw.send(ByteBuffer.allocate(16).putLong(1).flip().limit(16));
        assertTrue(raw.ended());
        assertLogged("nbd option: magic 0x1: must be 0x49484156454f5054");
    }

    @Test
    void optionWithoutFixedNewstyle() throws Exception {
        RawClient raw = raw();
        raw.take(18);
        raw.send(ByteBuffer.allocate(4));
        raw.sendOption(Option.LIST, new byte[0]);
        assertTrue(raw.ended());
        assertLogged("nbd option 3: must be 1 from a client without fixed newstyle");
    }

    @ParameterizedTest
    @CsvSource({"4294967295", "33554433"})
    void endlessOption(long length) throws Exception {
        RawClient raw = raw().greeted();
        ByteBuffer head = ByteBuffer.allocate(16);
        new Option(Option.LIST, length).put(head);
        raw.send(head.flip());
        assertTrue(raw.ended());
        assertLogged("nbd option length " + length + ": must be 0 to 33554432");
    }

    @Test
    void longOptionIsReadAndRefused() throws Exception {
        RawClient raw = raw().greeted();
        RawClient.Answer answer = raw.option(Option.GO, new byte[1 << 20]).getLast();
        assertEquals(OptionReply.ERR_TOO_BIG, answer.type());
        assertEquals("option of 1048576 bytes: must be at most 65536", answer.text());
        assertEquals(OptionReply.ACK,
                raw.option(Option.STRUCTURED_REPLY, new byte[0]).getLast().type());
    }

    @ParameterizedTest
    @CsvSource({"3, 00, nbd option length 1: must be 0", "8, 00, nbd option length 1: must be 0",
        "7, ffffffff6500, nbd export name length 4294967295: must be 0 to 2",
        "6, 000000, nbd export name length: cut off: 3 of 4 bytes left",
        "7, 00000001650003, nbd information requests: cut off: 0 of 6 bytes left",
        "10, 0000000165ffffffff, nbd metadata context: structured replies must come first"})
    void malformedOptionIsRefusedAndTheClientMayGoOn(int option, String hex, String message)
            throws Exception {
        RawClient raw = raw().greeted();
        byte[] data = java.util.HexFormat.of().parseHex(hex);
        RawClient.Answer answer = raw.option(option, data).getLast();
        assertEquals(OptionReply.ERR_INVALID, answer.type());
        assertEquals(message, answer.text());
        assertEquals(OptionReply.ACK,
                raw.option(Option.GO, new OptionData.Go("e", List.of()).encode()).getLast().type());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 5, 11, 4711, -1})
    void unknownOptionsAreUnsupported(int option) throws Exception {
        RawClient raw = raw().greeted();
        assertEquals(OptionReply.ERR_UNSUP, raw.option(option, new byte[100]).getLast().type());
        assertEquals(OptionReply.ACK, raw.option(Option.LIST, new byte[0]).getLast().type());
    }

    @Test
    void unknownExportsAreUnknown() throws Exception {
        RawClient raw = raw().greeted();
        RawClient.Answer answer = raw.option(Option.GO,
                new OptionData.Go("nope", List.of()).encode()).getLast();
        assertEquals(OptionReply.ERR_UNKNOWN, answer.type());
        assertEquals("export 'nope' not present", answer.text());
        raw.sendOption(Option.EXPORT_NAME, new byte[] {'n'});
        assertTrue(raw.ended());
        assertLogged("nbd export name 'n': not to be had this way");
    }

    @Test
    void endlessExportName() throws Exception {
        RawClient raw = raw().greeted();
        raw.sendOption(Option.EXPORT_NAME, new byte[4097]);
        assertTrue(raw.ended());
        assertLogged("nbd export name length 4097: must be 0 to 4096");
    }

    @Test
    void badMagicOfARequest() throws Exception {
        RawClient raw = raw().entered("e", true);
        raw.send(ByteBuffer.allocate(28).putInt(0x12560953).clear());
        assertTrue(raw.ended());
        assertLogged("nbd request: magic 0x12560953: must be 0x25609513");
    }

    @Test
    void endlessWriteIsNotRead() throws Exception {
        RawClient raw = raw().entered("e", true);
        raw.command(0, Command.WRITE, 1, 0, 0xffffffffL);
        assertTrue(raw.ended());
        assertLogged("nbd write: length 4294967295: must be 0 to 33554432");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 4294967295, 22", "0, 1048576, 1, 22", "0, -1, 1, 22", "0, 1048577, 0, 22",
        "0, -9223372036854775808, 4096, 22", "1, 1048570, 7, 28", "1, -1, 1, 28",
        "6, 1, 1048576, 28", "6, 0, 4294967295, 28", "6, 9223372036854775807, 4294967295, 28",
        "4, 1, 1048576, 22", "4, -1, 4294967295, 22", "7, 0, 1048577, 22", "7, 0, 0, 22",
        "7, 1048576, 1, 22", "3, 0, 1, 22", "3, 512, 0, 22", "5, 0, 512, 22", "99, 0, 0, 22"})
    void requestsThatCannotBeAreRefusedAndTheClientMayGoOn(int type, long offset, long bytes,
            int error) throws Exception {
        for (boolean structured : new boolean[] {false, true}) {
            RawClient raw = raw().entered("e", structured);
            byte[] data = new byte[type == Command.WRITE ? (int) bytes : 0];
            raw.command(0, type, 77, offset, bytes, data);
            if (structured) {
                RawClient.Piece piece = raw.chunk();
                assertEquals(77, piece.head().cookie());
                assertEquals(Chunk.ERROR, piece.head().type());
                assertEquals(error, piece.payload().getInt());
            } else {
                assertEquals(new mirrorcheck.engine.nbd.wire.SimpleReply(error, 77), raw.simple());
            }
            raw.command(0, Command.FLUSH, 78, 0, 0);
            assertEquals(0, raw.simple().error());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "0, 8", "0, 16", "0, 32768", "1, 2", "1, 4", "3, 2", "4, 2", "4, 16",
        "6, 4", "6, 8", "6, 32", "7, 2", "7, 16"})
    void flagsThatDoNotBelongAreRefused(int type, int flags) throws Exception {
        RawClient raw = raw().entered("e", true);
        byte[] data = new byte[type == Command.WRITE ? 512 : 0];
        int bytes = type == Command.FLUSH ? 0 : 512;
        raw.command(flags, type, 5, 0, bytes, data);
        Chunk.Failure failure = Chunk.Failure.decode(Chunk.ERROR, raw.chunk().payload());
        assertEquals(22, failure.error());
        assertEquals(Command.name(type) + " at 0, " + bytes + " bytes: flags 0x"
                + Integer.toHexString(flags) + ": not offered", failure.message());
    }

    @Test
    void dontFragmentNeedsStructuredReplies() throws Exception {
        RawClient raw = raw().entered("e", false);
        raw.command(Command.FLAG_DF, Command.READ, 5, 0, 512);
        assertEquals(22, raw.simple().error());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 18, 27, 28, 100, 1000})
    void stopsInTheMiddle(int bytes) throws Exception {
        ByteBuffer message = ByteBuffer.allocate(28 + 4096);
        new Command(0, Command.WRITE, 1, 0, 4096).put(message);
        RawClient raw = raw().entered("e", true);
        raw.send(message.clear().limit(bytes));
        assertServes("e");
        raw.endOutput();
        assertTrue(raw.ended());
        assertEquals(List.of(), log, "leaving is nothing to tell");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 12, 20, 21})
    void stopsInTheMiddleOfTheHandshake(int bytes) throws Exception {
        ByteBuffer message = ByteBuffer.allocate(4 + 16 + 100);
        new Option(Option.GO, 100).put(message.putInt(3));
        RawClient raw = raw();
        raw.send(message.clear().limit(bytes));
        assertServes("e");
        raw.close();
    }

    @Test
    void handshakeIsNotWaitedForForEver() throws Exception {
        server.close();
        serve(ServerOptions.DEFAULT.withHandshakeMillis(50).withMaxConnections(2));
        export("e", ExportOptions.ALL);
        RawClient silent = raw();
        RawClient slow = raw().greeted();
        slow.send(ByteBuffer.allocate(5));
        silent.take(18);
        assertTrue(silent.ended());
        assertTrue(slow.ended());
        assertEquals("nbd server: connection ended: handshake: not finished after 50 ms",
                log.getFirst());
    }

    @Test
    void oneThatNeverReadsItsRepliesIsNotReadEither() throws Exception {
        server.close();
        serve(ServerOptions.DEFAULT.withMaxRequests(4));
        int more = 16 << 20; // than a socket holds
        GateNode gate = new GateNode(new MemoryNode(UNMAP, more), request -> false);
        server.add("watched", NbdExport.of(gate, true), ExportOptions.ALL.without(
                ExportOptions.Feature.HOLES));
        export("e", ExportOptions.ALL);
        RawClient raw = raw().entered("watched", true);
        ByteBuffer reads = ByteBuffer.allocate(28 * 500);
        for (int i = 0; i < 500; i++) {
            new Command(0, Command.READ, i, 0, more).put(reads);
        }
        raw.send(reads.flip());
        gate.awaitSeen(4);
        for (int i = 0; i < 20; i++) {
            assertServes("e");
        }
        assertEquals(4, gate.seen().size());
        server.remove("watched", NbdServer.Removal.DISCONNECT);
    }

    @Test
    void errorsThatAreNotReadAreBoundedToo() throws Exception {
        RawClient raw = raw().entered("e", true);
        ByteBuffer bad = ByteBuffer.allocate(28 * 1000);
        for (int i = 0; i < 1000; i++) {
            new Command(0, Command.READ, i, -1, 1).put(bad);
        }
        // More than both sockets hold, so that in the end the server stops reading.
        Thread sender = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    raw.send(bad.clear());
                }
            } catch (java.io.IOException e) {
                // The end of the test.
            }
        });
        assertServes("e");
        server.abort();
        sender.join();
        server.close();
        serve(ServerOptions.DEFAULT);
        export("e", ExportOptions.ALL);
    }

    @Test
    void thousandsOfConnections() throws Exception {
        server.close();
        serve(loopback(), ServerOptions.DEFAULT.withMaxConnections(20));
        export("e", ExportOptions.ALL);
        for (int i = 0; i < 2000; i++) {
            try (RawClient raw = new RawClient(server.address())) {
                if (i % 3 == 1) {
                    raw.send(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                } else if (i % 100 == 2) {
                    raw.entered("e", true).command(0, Command.READ, 1, 0, LENGTH);
                }
            }
        }
        assertServes("e");
    }

    @Test
    void oneTooManyWaitsItsTurn() throws Exception {
        server.close();
        serve(ServerOptions.DEFAULT.withMaxConnections(1));
        export("e", ExportOptions.ALL);
        RawClient first = raw().entered("e", false);
        RawClient second = raw();
        first.command(0, Command.FLUSH, 1, 0, 0);
        first.simple();
        first.close();
        second.entered("e", false).close();
    }

    @Test
    void noise() throws Exception {
        long seed = 20260101;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            ByteBuffer bytes = ByteBuffer.wrap(noise);
            if (round % 2 == 0 && noise.length > 8) {
                // Right magic, so that the noise gets a little further.
                bytes.putInt(0, 0x25609513).putShort(4, (short) 0).putShort(6,
                        (short) random.nextInt(9));
            }
            RawClient raw = raw().entered("e", round % 4 == 0);
            try {
                raw.send(bytes);
                raw.endOutput();
                drain(raw);
            } catch (java.io.IOException e) {
                assertTrue(raw.ended(), "seed " + seed + ", round " + round);
            }
        }
    }

    private static void drain(RawClient raw) {
        assertThrows(EOFException.class, () -> {
            while (true) {
                raw.take(1);
            }
        });
    }

    @Test
    void everyRequestOfTheNoisyIsStillInRange() throws Exception {
        GateNode gate = new GateNode(new MemoryNode(UNMAP, LENGTH), request -> false);
        server.add("watched", NbdExport.of(gate, true), ExportOptions.ALL);
        long seed = 7;
        Random random = new Random(seed);
        RawClient raw = raw().entered("watched", false);
        int answers = 0;
        for (int i = 0; i < 300; i++) {
            int type = new int[] {Command.TRIM, Command.WRITE_ZEROES, Command.FLUSH}[i % 3];
            long offset = random.nextLong() >> random.nextInt(60);
            raw.command(random.nextInt(32), type, i, offset, random.nextInt() >>> random.nextInt(31)
                    & 0xffffffffL);
            raw.simple();
            answers++;
        }
        assertEquals(300, answers, "seed " + seed);
        List<Request> seen = gate.seen();
        assertTrue(seen.stream().allMatch(request -> request.offset() >= 0
                && request.offset() + request.bytes() <= LENGTH), "seed " + seed);
    }
}

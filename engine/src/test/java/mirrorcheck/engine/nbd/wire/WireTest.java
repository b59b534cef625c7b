// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message as bytes, both ways, and what is refused. */
class WireTest {
    @FunctionalInterface
    interface Decoder {
        Object decode(ByteBuffer from) throws WireException;
    }

    private static Arguments message(Object value, String hex, Consumer<ByteBuffer> put,
            Decoder get) {
        return Arguments.of(value, hex, put, get);
    }

    private static Arguments data(Object value, String hex, byte[] encoded, Decoder decoder) {
        return message(value, hex, to -> to.put(encoded), decoder);
    }

    static Stream<Arguments> messages() {
        return Stream.concat(negotiation(), transmission());
    }

    private static Stream<Arguments> negotiation() {
        Option option = new Option(Option.GO, 0xfffffffeL);
        OptionReply reply = new OptionReply(Option.LIST, OptionReply.ERR_TOO_BIG, 258);
        OptionData.Go go = new OptionData.Go("a\u00e9", List.of(3, 0));
        OptionData.Go none = new OptionData.Go("", List.of());
        OptionData.MetaQuery query = new OptionData.MetaQuery("x", List.of("base:", ""));
        OptionData.MetaContext context = new OptionData.MetaContext(7, "base:allocation");
        OptionData.Server server = new OptionData.Server("ab", "c d");
        Info.Export export = new Info.Export(0x100000001L, 0x0d6d);
        BlockSizes sizes = new BlockSizes(512, 4096, 0xffffffffL);
        return Stream.of(
                message(3, "4e42444d41474943 49484156454f5054 0003",
                        to -> Handshake.putGreeting(to, 3), Handshake::getGreeting),
                message(1, "00000001", to -> Handshake.putClientFlags(to, 1),
                        from -> Handshake.getClientFlags(from, 3)),
                message(option, "49484156454f5054 00000007 fffffffe", option::put, Option::get),
                message(reply, "0003e889045565a9 00000003 80000009 00000102", reply::put,
                        OptionReply::get),
                data(go, "00000003 61c3a9 0002 0003 0000", go.encode(), OptionData.Go::decode),
                data(none, "00000000 0000", none.encode(), OptionData.Go::decode),
                data(query, "00000001 78 00000002 00000005 626173653a 00000000", query.encode(),
                        OptionData.MetaQuery::decode),
                data(context, "00000007 626173653a616c6c6f636174696f6e", context.encode(),
                        OptionData.MetaContext::decode),
                data(server, "00000002 6162 632064", server.encode(), OptionData.Server::decode),
                message(export, "0000000100000001 0d6d", export::put, Info.Export::get),
                data(export, "0000 0000000100000001 0d6d", Info.encode(export),
                        from -> Info.takeType(from) == Info.EXPORT ? Info.takeExport(from) : null),
                data(sizes, "0003 00000200 00001000 ffffffff", Info.encode(sizes), from ->
                        Info.takeType(from) == Info.BLOCK_SIZE ? Info.takeBlockSizes(from) : null),
                data("hi", "0002 6869", Info.encode(Info.DESCRIPTION, "hi"), from ->
                        Info.takeType(from) == Info.DESCRIPTION ? Strings.take(from, 2) : null));
    }

    private static Stream<Arguments> transmission() {
        Command command = new Command(Command.FLAG_FUA | Command.FLAG_NO_HOLE,
                Command.WRITE_ZEROES, 0x0102030405060708L, 0x1122334455667788L, 0xfffff000L);
        SimpleReply simple = new SimpleReply(28, -1);
        Chunk chunk = new Chunk(Chunk.FLAG_DONE, Chunk.ERROR_OFFSET, 2, 0x80000000L);
        Chunk.Hole hole = new Chunk.Hole(0x200000000L, 0xfffff000L);
        Chunk.Failure failure = new Chunk.Failure(5, "bad", -1);
        Chunk.Failure located = new Chunk.Failure(28, "", 4096);
        Chunk.Status status = new Chunk.Status(1, List.of(
                new Chunk.Descriptor(512, 0), new Chunk.Descriptor(0xfffffe00L, 3)));
        return Stream.of(
                message(command, "25609513 0003 0006 0102030405060708 1122334455667788 fffff000",
                        command::put, Command::get),
                message(simple, "67446698 0000001c ffffffffffffffff", simple::put,
                        SimpleReply::get),
                message(chunk, "668e33ef 0001 8002 0000000000000002 80000000", chunk::put,
                        Chunk::get),
                message(hole, "0000000200000000 fffff000", hole::put, Chunk.Hole::get),
                data(failure, "00000005 0003 626164", failure.encode(),
                        from -> Chunk.Failure.decode(Chunk.ERROR, from)),
                data(located, "0000001c 0000 0000000000001000", located.encode(),
                        from -> Chunk.Failure.decode(Chunk.ERROR_OFFSET, from)),
                data(status, "00000001 00000200 00000000 fffffe00 00000003", status.encode(),
                        Chunk.Status::decode));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void isWrittenAndReadAsTheProtocolSays(Object value, String hex, Consumer<ByteBuffer> put,
            Decoder get) throws WireException {
        assertEquals(Hex.plain(hex), Hex.written(put));
        ByteBuffer from = Hex.buffer(hex);
        assertEquals(value, get.decode(from));
        assertEquals(0, from.remaining());
    }

    @Test
    void lengthsOfHeadsAreThoseOfTheDrawings() {
        assertEquals(Handshake.GREETING_BYTES, length(to -> Handshake.putGreeting(to, 0)));
        assertEquals(Option.HEADER_BYTES, length(new Option(1, 0)::put));
        assertEquals(OptionReply.HEADER_BYTES, length(new OptionReply(1, 1, 0)::put));
        assertEquals(Handshake.EXPORT_BYTES, length(new Info.Export(1, 1)::put));
        assertEquals(Command.HEADER_BYTES, length(new Command(0, 0, 0, 0, 0)::put));
        assertEquals(SimpleReply.HEADER_BYTES, length(new SimpleReply(0, 0)::put));
        assertEquals(Chunk.HEADER_BYTES, length(new Chunk(0, 0, 0, 0)::put));
        assertEquals(Chunk.OFFSET_HOLE_BYTES, length(new Chunk.Hole(0, 1)::put));
    }

    private static int length(Consumer<ByteBuffer> put) {
        return Hex.written(put).length() / 2;
    }

    static Stream<Arguments> violations() {
        Decoder go = OptionData.Go::decode;
        Decoder query = OptionData.MetaQuery::decode;
        Decoder error = from -> Chunk.Failure.decode(Chunk.ERROR, from);
        Decoder offset = from -> Chunk.Failure.decode(Chunk.ERROR_OFFSET, from);
        Decoder sizes = Info::takeBlockSizes;
        Decoder greeting = Handshake::getGreeting;
        return Stream.of(
                Arguments.of("0000000000000000 49484156454f5054 0003", greeting,
                        "nbd greeting: magic 0x0: must be 0x4e42444d41474943"),
                Arguments.of("4e42444d41474943 0000420281861253 0003", greeting,
                        "nbd greeting: oldstyle server: must be newstyle"),
                Arguments.of("00000004", (Decoder) from -> Handshake.getClientFlags(from, 3),
                        "nbd client flags 0x4: must be within 0x3"),
                Arguments.of("49484156454f5055 00000007 00000000", (Decoder) Option::get,
                        "nbd option: magic 0x49484156454f5055: must be 0x49484156454f5054"),
                Arguments.of("12560953 0000 0000 0000000000000000 0000000000000000 00000000",
                        (Decoder) Command::get,
                        "nbd request: magic 0x12560953: must be 0x25609513"),
                Arguments.of("96744668 00000000 0000000000000000", (Decoder) SimpleReply::get,
                        "nbd simple reply: magic 0x96744668: must be 0x67446698"),
                Arguments.of("0000", go, "nbd export name length: cut off: 2 of 4 bytes left"),
                Arguments.of("00000002 61", go, "nbd export name length 2: must be 0 to 1"),
                Arguments.of("ffffffff 61", go,
                        "nbd export name length 4294967295: must be 0 to 1"),
                Arguments.of("00000001 61 00", go,
                        "nbd number of information requests: cut off: 1 of 2 bytes left"),
                Arguments.of("00000000 0002 0003", go,
                        "nbd information requests: cut off: 2 of 4 bytes left"),
                Arguments.of("00000000 0000 00", go,
                        "nbd information requests: bytes left over 1: must be 0"),
                Arguments.of("00000000 ffffffff 00000000", query,
                        "nbd number of queries 4294967295: must be 0 to 1"),
                Arguments.of("00000000 00000001 00000009 61", query,
                        "nbd query length 9: must be 0 to 1"),
                Arguments.of("00000000 00000000 61", query,
                        "nbd queries: bytes left over 1: must be 0"),
                Arguments.of("ffffffffffffffff 0001", (Decoder) Info.Export::get,
                        "nbd export size -1: must be 0 to 9223372036854775807"),
                Arguments.of("0000000000000000 0002", (Decoder) Info.Export::get,
                        "nbd transmission flags 0x2: bit 0 must be set"),
                Arguments.of("00000003 00001000 02000000", sizes,
                        "nbd minimum block size 3: must be a power of two"),
                Arguments.of("00020000 00020000 02000000", sizes,
                        "nbd minimum block size 131072: must be 1 to 65536"),
                Arguments.of("00001000 00000200 02000000", sizes,
                        "nbd preferred block size 512: must be 4096 to 2147483647"),
                Arguments.of("00001000 00001000 00001001", sizes,
                        "nbd maximum block size 4097: must be a multiple of the minimum block"
                                + " size 4096"),
                Arguments.of("00001000 00001000 00000200", sizes,
                        "nbd maximum block size 512: must be 4096 to 4294967295"),
                Arguments.of("00000000 0000", error, "nbd error 0: must be 1 to 4294967295"),
                Arguments.of("00000005 0001", error,
                        "nbd error message length 1: must be 0"),
                Arguments.of("00000005 0008 0000000000000000", offset,
                        "nbd error message length 8: must be 0"),
                Arguments.of("00000005", error, "nbd error chunk length 4: must be 6 to 4160"),
                Arguments.of("00000001", (Decoder) Chunk.Status::decode,
                        "nbd block status length 4: must be 4 and a positive multiple of 8"),
                Arguments.of("00000001 00000000 00000003", (Decoder) Chunk.Status::decode,
                        "nbd extent length 0: must be 1 to 4294967295"));
    }

    @ParameterizedTest
    @MethodSource("violations")
    void refusesWithFieldValueAndBound(String hex, Decoder decoder, String message) {
        WireException e = assertThrows(WireException.class,
                () -> decoder.decode(Hex.buffer(hex)));
        assertEquals(message, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"EPERM, 1", "EIO, 5", "ENOMEM, 12", "EINVAL, 22", "ENOSPC, 28", "EOVERFLOW, 75",
        "EOPNOTSUPP, 95", "ESHUTDOWN, 108"})
    void errorsOfTheProtocolGoBothWays(Errno errno, int number) {
        assertEquals(number, Errors.toWire(errno));
        assertEquals(errno, Errors.fromWire(number));
    }

    @ParameterizedTest
    @EnumSource(Errno.class)
    void everyErrorArrivesAsOneOfTheProtocol(Errno errno) {
        Errno arrived = Errors.fromWire(Errors.toWire(errno));
        assertEquals(Errors.toWire(errno), arrived.number());
        assertEquals(arrived, Errors.fromWire(Errors.toWire(arrived)));
    }

    @ParameterizedTest
    @CsvSource({"EROFS, EPERM", "EDQUOT, ENOSPC", "EFBIG, ENOSPC", "EACCES, EINVAL",
        "EBUSY, EINVAL"})
    void otherErrorsAreSqueezed(Errno errno, Errno arrived) {
        assertEquals(arrived, Errors.fromWire(Errors.toWire(errno)));
    }

    @ParameterizedTest
    @CsvSource({"0", "2", "13", "4242", "-1"})
    void unknownNumbersAreInvalidArguments(int number) {
        assertEquals(Errno.EINVAL, Errors.fromWire(number));
    }

    @Test
    void textsAreCutAtTheEndOfACharacter() {
        byte[] cut = Strings.encodeCut("a" + "\u00e9".repeat(3000));
        assertEquals(4095, cut.length);
        assertEquals("a" + "\u00e9".repeat(2047), Strings.take(ByteBuffer.wrap(cut), cut.length));
        assertEquals(3, Strings.encodeCut("abc").length);
    }

    @Test
    void repliesKnowWhatTheyAre() {
        assertTrue(new OptionReply(1, OptionReply.ERR_UNSUP, 0).isError());
        assertFalse(new OptionReply(1, OptionReply.META_CONTEXT, 0).isError());
        assertTrue(new Chunk(1, 0xffff, 0, 0).isError());
        assertTrue(new Chunk(3, Chunk.NONE, 0, 0).isDone());
        assertFalse(new Chunk(2, Chunk.OFFSET_DATA, 0, 0).isError());
    }

    @Test
    void requestsDescribeThemselves() {
        assertEquals("write zeroes at 18446744073709551615, 4096 bytes",
                new Command(0, Command.WRITE_ZEROES, 1, -1, 4096).describe());
        assertEquals("command 99 at 0, 0 bytes", new Command(0, 99, 1, 0, 0).describe());
    }
}

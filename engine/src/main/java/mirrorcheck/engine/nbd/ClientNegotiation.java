// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.nbd.wire.BlockSizes;
import mirrorcheck.engine.nbd.wire.Handshake;
import mirrorcheck.engine.nbd.wire.Info;
import mirrorcheck.engine.nbd.wire.Option;
import mirrorcheck.engine.nbd.wire.OptionData;
import mirrorcheck.engine.nbd.wire.OptionData.MetaContext;
import mirrorcheck.engine.nbd.wire.OptionReply;
import mirrorcheck.engine.nbd.wire.Strings;
import mirrorcheck.engine.nbd.wire.WireException;

/**
 * The client's side of the handshake: asks for structured replies and base:allocation, which it can
 * do without, and for an export, with NBD_OPT_GO or, of an old server, NBD_OPT_EXPORT_NAME.
 */
final class ClientNegotiation {
    /** The longest answer to an option that is believed, in bytes. */
    private static final int MAX_REPLY_BYTES = 64 << 10;
    /** The most answers to one option before its last. */
    private static final int MAX_REPLIES = 10_000;

    /**
     * What was agreed on.
     *
     * @param info       size and transmission flags
     * @param sizes      the block sizes; null if the server said nothing of them
     * @param structured whether replies are structured
     * @param context    the number of base:allocation, or null if the server has none
     */
    record Agreement(Info.Export info, BlockSizes sizes, boolean structured, Integer context) {
    }

    /** One answer to an option; the data lives until the next is read. */
    private record Answer(OptionReply head, ByteBuffer data) {
    }

    /** Takes the answers before the last one. */
    @FunctionalInterface
    private interface Details {
        void take(Answer answer) throws IOException;
    }

    private final Transport transport;
    private final String exportName;
    private Info.Export info;
    private BlockSizes sizes;
    private Integer context;

    ClientNegotiation(Transport transport, String exportName) {
        this.transport = transport;
        this.exportName = exportName;
    }

    /**
     * Negotiates.
     *
     * @throws BlockException EINVAL, with QEMU's text, if the server does not have the export
     * @throws IOException    if the connection broke, or the server broke the rules
     */
    Agreement run() throws IOException {
        int offered = Handshake.getGreeting(transport.take(Handshake.GREETING_BYTES));
        int flags = offered & (Handshake.FIXED_NEWSTYLE | Handshake.NO_ZEROES);
        ByteBuffer answer = ByteBuffer.allocate(Handshake.CLIENT_FLAGS_BYTES);
        Handshake.putClientFlags(answer, flags);
        transport.writeFully(answer.flip());
        boolean structured = false;
        boolean gone = false;
        if ((flags & Handshake.FIXED_NEWSTYLE) != 0) {
            structured = !ask(Option.STRUCTURED_REPLY, new byte[0], this::unexpected).isError();
            if (structured) {
                selectContext();
            }
            gone = go();
        }
        if (!gone) {
            exportName((flags & Handshake.NO_ZEROES) == 0);
        }
        return new Agreement(info, sizes, structured, context);
    }

    private void selectContext() throws IOException {
        OptionData.MetaQuery query =
                new OptionData.MetaQuery(exportName, List.of(MetaContext.BASE_ALLOCATION));
        List<MetaContext> selected = new ArrayList<>();
        OptionReply last = ask(Option.SET_META_CONTEXT, query.encode(), answer -> {
            expectType(answer, OptionReply.META_CONTEXT);
            selected.add(MetaContext.decode(answer.data()));
        });
        for (MetaContext each : selected) {
            if (!last.isError() && each.name().equals(MetaContext.BASE_ALLOCATION)) {
                context = each.id();
            }
        }
    }

    /** Asks for the export. Answers false if the server does not know the option. */
    private boolean go() throws IOException {
        OptionData.Go go = new OptionData.Go(exportName, List.of(Info.EXPORT, Info.BLOCK_SIZE));
        String[] refusal = {""};
        OptionReply last = ask(Option.GO, go.encode(), answer -> {
            if (answer.head().isError()) {
                refusal[0] = Strings.take(answer.data(), answer.data().remaining());
                return;
            }
            expectType(answer, OptionReply.INFO);
            takeInfo(answer.data());
        });
        if (last.type() == OptionReply.ERR_UNSUP) {
            return false;
        }
        if (last.isError()) {
            throw refused(last.type(), refusal[0]);
        }
        if (info == null) {
            throw new WireException("nbd option 7: accepted without export information");
        }
        return true;
    }

    private void takeInfo(ByteBuffer data) throws WireException {
        switch (Info.takeType(data)) {
            case Info.EXPORT -> info = Info.takeExport(data);
            case Info.BLOCK_SIZE -> sizes = Info.takeBlockSizes(data);
            default -> {
                // Anything else was not asked for and is to be ignored.
            }
        }
    }

    /** The text is QEMU's for an export that is not there, and says the server's own words. */
    private static BlockException refused(int type, String reported) {
        String why = reported.isEmpty() ? "" : ": server reported: " + reported;
        return BlockException.refused(switch (type) {
            case OptionReply.ERR_UNKNOWN -> "Requested export not available";
            case OptionReply.ERR_TLS_REQD -> "Server requires TLS for option 7 (go)";
            default -> "nbd option 7: refused with error " + (type & Integer.MAX_VALUE) + why;
        });
    }

    /** What servers do from before NBD_OPT_GO: they answer with the export or not at all. */
    private void exportName(boolean padded) throws IOException {
        send(Option.EXPORT_NAME, Strings.encode(exportName));
        info = Info.Export.get(transport.take(Handshake.EXPORT_BYTES));
        if (padded) {
            transport.skip(Handshake.PADDING_BYTES);
        }
    }

    /**
     * Sends an option and reads its answers.
     *
     * @param details is given those before the last, and the last if it is an error with a text
     * @return the last one
     */
    private OptionReply ask(int option, byte[] data, Details details) throws IOException {
        send(option, data);
        for (int count = 0; count < MAX_REPLIES; count++) {
            OptionReply head = OptionReply.get(transport.take(OptionReply.HEADER_BYTES));
            WireException.checkRange("nbd option reply: option", head.option(), option, option);
            WireException.checkRange("nbd option reply: length", head.length(), 0,
                    MAX_REPLY_BYTES);
            Answer answer = new Answer(head, transport.take((int) head.length()));
            if (head.isError()) {
                if (option == Option.GO) {
                    details.take(answer);
                }
                return head;
            }
            if (head.type() == OptionReply.ACK) {
                WireException.checkRange("nbd acknowledgement: length", head.length(), 0, 0);
                return head;
            }
            details.take(answer);
        }
        throw new WireException("nbd option " + option + ": more than " + MAX_REPLIES
                + " answers");
    }

    private void send(int option, byte[] data) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(Option.HEADER_BYTES + data.length);
        new Option(option, data.length).put(message);
        transport.writeFully(message.put(data).flip());
    }

    private void unexpected(Answer answer) throws WireException {
        expectType(answer, OptionReply.ACK);
    }

    private static void expectType(Answer answer, int type) throws WireException {
        OptionReply head = answer.head();
        WireException.checkRange("nbd reply type to option " + head.option(),
                Integer.toUnsignedLong(head.type()), type, type);
    }
}

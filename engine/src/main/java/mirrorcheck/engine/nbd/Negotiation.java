// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import mirrorcheck.engine.nbd.ExportOptions.Feature;
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
 * The server's side of the handshake: greets, answers options until the client has chosen an
 * export, aborts, or breaks the rules.
 */
final class Negotiation {
    /** The number replies use for base:allocation; 0 stands for no number in lists. */
    static final int ALLOCATION_CONTEXT = 1;

    /** The longest data of an option that is understood, in bytes. */
    private static final int MAX_DATA_BYTES = 64 << 10;
    private static final int OFFERED = Handshake.FIXED_NEWSTYLE | Handshake.NO_ZEROES;

    /**
     * What was agreed on.
     *
     * @param served     the export, which the connection has entered
     * @param structured whether replies are structured
     * @param status     whether block status may be asked for
     */
    record Agreement(ServedExport served, boolean structured, boolean status) {
    }

    private final ServerConnection connection;
    private final Transport transport;
    private final ExportList exports;
    private final boolean offersStructured;
    private boolean structured;
    /** The export whose base:allocation was selected last, or null. */
    private String contextOf;
    private Agreement agreement;
    private boolean aborted;

    Negotiation(ServerConnection connection, Transport transport, ExportList exports,
            boolean offersStructured) {
        this.connection = connection;
        this.transport = transport;
        this.exports = exports;
        this.offersStructured = offersStructured;
    }

    /**
     * Negotiates.
     *
     * @return what was agreed on, or null if the client gave up as it should
     * @throws IOException if the connection broke, or the client broke the rules so that it cannot
     *         be answered
     */
    Agreement run() throws IOException {
        ByteBuffer greeting = ByteBuffer.allocate(Handshake.GREETING_BYTES);
        Handshake.putGreeting(greeting, OFFERED);
        transport.writeFully(greeting.flip());
        int flags = Handshake.getClientFlags(
                transport.take(Handshake.CLIENT_FLAGS_BYTES), OFFERED);
        while (agreement == null && !aborted) {
            Option option = Option.get(transport.take(Option.HEADER_BYTES));
            if (option.option() == Option.EXPORT_NAME) {
                exportName(option, (flags & Handshake.NO_ZEROES) == 0);
            } else if ((flags & Handshake.FIXED_NEWSTYLE) == 0) {
                throw new WireException("nbd option " + option.option()
                        + ": must be 1 from a client without fixed newstyle");
            } else {
                answer(option);
            }
        }
        return agreement;
    }

    /** Leaves the export again, if the connection broke before the client knew it had it. */
    void abandon() {
        if (agreement != null) {
            agreement.served().leave(connection);
        }
    }

    private void exportName(Option option, boolean padded) throws IOException {
        WireException.checkRange("nbd export name length", option.length(), 0, Strings.MAX_BYTES);
        String name = Strings.take(transport.take((int) option.length()), (int) option.length());
        ServedExport served = exports.find(name);
        if (served == null || hasOwnBlockSizes(served) || !served.enter(connection)) {
            throw new WireException("nbd export name '" + name + "': not to be had this way");
        }
        agree(served);
        ByteBuffer reply = ByteBuffer.allocate(
                Handshake.EXPORT_BYTES + (padded ? Handshake.PADDING_BYTES : 0));
        served.info(structured).put(reply);
        transport.writeFully(reply.clear());
    }

    private void agree(ServedExport served) {
        boolean status = structured && served.name().equals(contextOf);
        agreement = new Agreement(served, structured, status);
    }

    private void answer(Option option) throws IOException {
        if (option.length() > MAX_DATA_BYTES) {
            WireException.checkRange("nbd option length", option.length(), 0,
                    BlockSizes.MAX_PAYLOAD);
            transport.skip(option.length());
            refuse(option, OptionReply.ERR_TOO_BIG, "option of " + option.length()
                    + " bytes: must be at most " + MAX_DATA_BYTES);
            return;
        }
        int bytes = (int) option.length();
        // Answering reads nothing more, so the data stays where it is meanwhile.
        ByteBuffer data = transport.take(bytes);
        try {
            dispatch(option, data);
        } catch (WireException e) {
            refuse(option, OptionReply.ERR_INVALID, e.getMessage());
        }
    }

    private void dispatch(Option option, ByteBuffer data) throws IOException {
        switch (option.option()) {
            case Option.ABORT -> {
                aborted = true;
                acknowledgeAbort(option);
            }
            case Option.LIST -> list(option, data);
            case Option.INFO, Option.GO -> go(option, OptionData.Go.decode(data));
            case Option.STRUCTURED_REPLY -> structuredReply(option, data);
            case Option.LIST_META_CONTEXT, Option.SET_META_CONTEXT -> metaContext(option, data);
            default -> refuse(option, OptionReply.ERR_UNSUP, "unknown option " + option.option());
        }
    }

    private void acknowledgeAbort(Option option) {
        try {
            acknowledge(option);
        } catch (IOException e) {
            // A client may leave without waiting for the answer.
        }
    }

    private void list(Option option, ByteBuffer data) throws IOException {
        checkNoData(data);
        for (ServedExport served : exports.all()) {
            reply(option, OptionReply.SERVER, new OptionData.Server(served.name(),
                    served.options().description()).encode());
        }
        acknowledge(option);
    }

    private void structuredReply(Option option, ByteBuffer data) throws IOException {
        if (!offersStructured) {
            refuse(option, OptionReply.ERR_UNSUP, "no structured replies");
            return;
        }
        checkNoData(data);
        structured = true;
        acknowledge(option);
    }

    private void metaContext(Option option, ByteBuffer data) throws IOException {
        boolean set = option.option() == Option.SET_META_CONTEXT;
        if (set) {
            contextOf = null;
        }
        if (!offersStructured) {
            refuse(option, OptionReply.ERR_UNSUP, "no metadata contexts");
            return;
        }
        if (!structured) {
            throw new WireException("nbd metadata context: structured replies must come first");
        }
        OptionData.MetaQuery query = OptionData.MetaQuery.decode(data);
        ServedExport served = exports.find(query.name());
        if (served == null) {
            refuseUnknown(option, query.name());
            return;
        }
        if (served.options().has(Feature.BLOCK_STATUS) && selects(set, query.queries())) {
            if (set) {
                contextOf = query.name();
            }
            reply(option, OptionReply.META_CONTEXT, new MetaContext(
                    set ? ALLOCATION_CONTEXT : 0, MetaContext.BASE_ALLOCATION).encode());
        }
        acknowledge(option);
    }

    /** Lists take a namespace, or nothing, for everything in it; selections do not. */
    private static boolean selects(boolean set, List<String> queries) {
        return queries.contains(MetaContext.BASE_ALLOCATION)
                || !set && (queries.isEmpty() || queries.contains("base:"));
    }

    private void go(Option option, OptionData.Go go) throws IOException {
        ServedExport served = exports.find(go.name());
        if (served == null) {
            refuseUnknown(option, go.name());
            return;
        }
        boolean sizesAsked = go.infos().contains(Info.BLOCK_SIZE);
        if (sizesAsked || hasOwnBlockSizes(served)) {
            reply(option, OptionReply.INFO, Info.encode(served.options().blockSizes()));
        }
        if (!sizesAsked && hasOwnBlockSizes(served)) {
            refuse(option, OptionReply.ERR_BLOCK_SIZE_REQD,
                    "export '" + go.name() + "' has block sizes that must be asked for");
            return;
        }
        if (go.infos().contains(Info.NAME)) {
            reply(option, OptionReply.INFO, Info.encode(Info.NAME, served.name()));
        }
        String description = served.options().description();
        if (go.infos().contains(Info.DESCRIPTION) && !description.isEmpty()) {
            reply(option, OptionReply.INFO, Info.encode(Info.DESCRIPTION, description));
        }
        reply(option, OptionReply.INFO, Info.encode(served.info(structured)));
        if (option.option() == Option.GO) {
            if (!served.enter(connection)) {
                refuseUnknown(option, go.name());
                return;
            }
            agree(served);
        }
        acknowledge(option);
    }

    private static boolean hasOwnBlockSizes(ServedExport served) {
        return served.options().blockSizes().minimum() > 1;
    }

    private static void checkNoData(ByteBuffer data) throws WireException {
        WireException.checkRange("nbd option length", data.remaining(), 0, 0);
    }

    private void acknowledge(Option option) throws IOException {
        reply(option, OptionReply.ACK, new byte[0]);
    }

    private void refuseUnknown(Option option, String name) throws IOException {
        refuse(option, OptionReply.ERR_UNKNOWN, "export '" + name + "' not present");
    }

    private void refuse(Option option, int error, String message) throws IOException {
        reply(option, error, Strings.encodeCut(message));
    }

    private void reply(Option option, int type, byte[] data) throws IOException {
        ByteBuffer reply = ByteBuffer.allocate(OptionReply.HEADER_BYTES + data.length);
        new OptionReply(option.option(), type, data.length).put(reply);
        transport.writeFully(reply.put(data).flip());
    }
}

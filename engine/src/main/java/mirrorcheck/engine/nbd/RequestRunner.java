// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.nbd.ExportOptions.Feature;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.Errors;
import mirrorcheck.engine.nbd.wire.SimpleReply;

/** Runs one request on its export and makes the reply. */
final class RequestRunner {
    private static final Set<WriteFlag> FUA = Set.of(WriteFlag.FUA);

    private final NbdExport export;
    private final boolean structured;
    private final boolean holes;
    private final StatusScan status;

    RequestRunner(Negotiation.Agreement agreement) {
        ExportOptions options = agreement.served().options();
        export = agreement.served().export();
        structured = agreement.structured();
        holes = options.has(Feature.HOLES);
        status = new StatusScan(export, options.blockSizes().minimum());
    }

    /**
     * Runs a request that has been checked; blocks as long as the export does.
     *
     * @param data of a write, or room for that of a read, which the reply then refers to
     * @return what to send, one buffer after the other
     */
    ByteBuffer[] run(Command command, MemorySegment data) {
        try {
            return switch (command.type()) {
                case Command.READ -> {
                    export.read(command.offset(), data);
                    yield readReply(command, data);
                }
                case Command.BLOCK_STATUS -> statusReply(command);
                default -> {
                    change(command, data);
                    yield simple(command, 0);
                }
            };
        } catch (BlockException e) {
            return refuse(command, e);
        }
    }

    private void change(Command command, MemorySegment data) throws BlockException {
        boolean fua = (command.flags() & Command.FLAG_FUA) != 0;
        switch (command.type()) {
            case Command.WRITE ->
                    export.write(command.offset(), data, fua ? FUA : WriteFlag.NONE);
            case Command.WRITE_ZEROES ->
                    export.writeZeroes(command.offset(), command.length(), zeroFlags(command));
            case Command.TRIM -> {
                export.trim(command.offset(), command.length());
                if (fua) {
                    export.flush();
                }
            }
            case Command.FLUSH -> export.flush();
            default -> throw new IllegalStateException(command.describe() + ": not checked");
        }
    }

    private static Set<WriteFlag> zeroFlags(Command command) {
        EnumSet<WriteFlag> flags = EnumSet.noneOf(WriteFlag.class);
        if ((command.flags() & Command.FLAG_FUA) != 0) {
            flags.add(WriteFlag.FUA);
        }
        if ((command.flags() & Command.FLAG_NO_HOLE) == 0) {
            flags.add(WriteFlag.MAY_UNMAP);
        }
        if ((command.flags() & Command.FLAG_FAST_ZERO) != 0) {
            flags.add(WriteFlag.FAST_ZERO);
        }
        return flags;
    }

    private ByteBuffer[] readReply(Command command, MemorySegment data) {
        if (!structured) {
            return new ByteBuffer[] {simple(command, 0)[0], data.asByteBuffer()};
        }
        boolean fragment = holes && (command.flags() & Command.FLAG_DF) == 0;
        return ReadChunks.of(command, data, fragment);
    }

    private ByteBuffer[] statusReply(Command command) throws BlockException {
        boolean one = (command.flags() & Command.FLAG_REQ_ONE) != 0;
        Chunk.Status answer = new Chunk.Status(Negotiation.ALLOCATION_CONTEXT,
                status.scan(command.offset(), command.length(), one));
        return chunk(command, Chunk.BLOCK_STATUS, answer.encode());
    }

    /** The answer to a request that failed. */
    ByteBuffer[] refuse(Command command, BlockException error) {
        int number = Errors.toWire(error.errno());
        if (!structured) {
            return simple(command, number);
        }
        String message = error.getMessage() == null ? "" : error.getMessage();
        return chunk(command, Chunk.ERROR, new Chunk.Failure(number, message, -1).encode());
    }

    private static ByteBuffer[] simple(Command command, int error) {
        ByteBuffer reply = ByteBuffer.allocate(SimpleReply.HEADER_BYTES);
        new SimpleReply(error, command.cookie()).put(reply);
        return new ByteBuffer[] {reply.flip()};
    }

    private static ByteBuffer[] chunk(Command command, int type, byte[] payload) {
        ByteBuffer reply = ByteBuffer.allocate(Chunk.HEADER_BYTES + payload.length);
        new Chunk(Chunk.FLAG_DONE, type, command.cookie(), payload.length).put(reply);
        return new ByteBuffer[] {reply.put(payload).flip()};
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.wire.BlockSizes;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.WireException;

/**
 * The server's side of the transmission phase: reads requests, checks them, has workers run them.
 *
 * <p>Everything a request holds, memory and its place among those in flight, is held until its
 * reply is written; a client that does not read its replies is no longer read from.
 */
final class Transmission {
    /** Payload of the requests in flight of a connection, in bytes: two of the longest. */
    private static final int PAYLOAD_BYTES = 2 * BlockSizes.MAX_PAYLOAD;

    private final NbdServer server;
    private final Transport transport;
    private final RequestCheck check;
    private final RequestRunner runner;
    private final ReplyQueue replies;
    private final int maxRequests;
    private final Semaphore requests;
    private final Semaphore payload = new Semaphore(PAYLOAD_BYTES);

    Transmission(NbdServer server, Transport transport, Negotiation.Agreement agreement) {
        this.server = server;
        this.transport = transport;
        check = new RequestCheck(agreement);
        runner = new RequestRunner(agreement);
        replies = new ReplyQueue(transport, server.threads());
        maxRequests = server.options().maxRequests();
        requests = new Semaphore(maxRequests);
    }

    /** Serves until the client disconnects; returns on NBD_CMD_DISC, throws otherwise. */
    void run() throws IOException {
        while (true) {
            Command command = Command.get(transport.take(Command.HEADER_BYTES));
            if (command.type() == Command.DISC) {
                return;
            }
            serve(command);
        }
    }

    /** Blocks until no request runs and no reply waits; then nothing will start either. */
    void awaitIdle() {
        requests.acquireUninterruptibly(maxRequests);
    }

    private void serve(Command command) throws IOException {
        int bytes = payloadBytes(command);
        requests.acquireUninterruptibly();
        payload.acquireUninterruptibly(bytes);
        InFlight request = new InFlight(command, bytes);
        boolean handed = false;
        try {
            readPayload(request);
            BlockException refusal = check.refusal(command);
            if (refusal == null) {
                server.workers().acquireUninterruptibly();
                handed = true;
                start(request);
            } else {
                handed = true;
                request.answer(runner.refuse(command, refusal));
            }
        } finally {
            if (!handed) {
                request.release();
            }
        }
    }

    private void start(InFlight request) throws IOException {
        try {
            server.threads().execute(request);
        } catch (RuntimeException | Error e) {
            // Most likely the host has no more threads; nothing of the request may be left over.
            server.workers().release();
            request.release();
            throw new IOException("no worker: " + e, e);
        }
    }

    /** How much memory a request needs, before anything about it has been checked. */
    private static int payloadBytes(Command command) throws IOException {
        return switch (command.type()) {
            case Command.WRITE -> {
                // To answer it the whole of it would have to be read: 4 GiB, if it is a lie.
                WireException.checkRange("nbd write: length", command.length(), 0,
                        BlockSizes.MAX_PAYLOAD);
                yield (int) command.length();
            }
            case Command.READ -> (int) Math.min(command.length(), BlockSizes.MAX_PAYLOAD);
            default -> 0;
        };
    }

    private void readPayload(InFlight request) throws IOException {
        if (request.command.type() == Command.WRITE) {
            request.data = server.pool().take(request.bytes);
            transport.readFully(request.data.asSlice(0, request.bytes));
        }
    }

    /** A request with what it holds. */
    private final class InFlight implements Runnable {
        private final Command command;
        private final int bytes;
        /** Data that came or goes out, from the pool; null if there is none. */
        private MemorySegment data;

        InFlight(Command command, int bytes) {
            this.command = command;
            this.bytes = bytes;
        }

        @Override
        public void run() {
            ByteBuffer[] reply;
            try {
                if (command.type() == Command.READ) {
                    data = server.pool().take(bytes);
                }
                MemorySegment exact = data == null ? null : data.asSlice(0, bytes);
                reply = runner.run(command, exact);
            } catch (RuntimeException | Error e) {
                server.options().log().accept("nbd server: " + command.describe() + ": " + e);
                reply = runner.refuse(command, new BlockException(Errno.EIO, e.toString(), e));
            } finally {
                server.workers().release();
            }
            answer(reply);
        }

        void answer(ByteBuffer[] reply) {
            replies.send(reply, this::release);
        }

        void release() {
            if (data != null) {
                server.pool().give(data);
                data = null;
            }
            payload.release(bytes);
            requests.release();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Interruptions;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.wire.BlockSizes;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.SimpleReply;
import mirrorcheck.engine.nbd.wire.WireException;

/**
 * One connection to an export, with many requests in flight. Threads send their own requests, one
 * at a time; one thread reads the replies and finds by the cookie whose they are. When the
 * connection ends, for whatever reason, all requests in flight and all later ones fail with EIO.
 */
final class NbdClient {
    /** How long a server may take to negotiate, and to end the connection when it is told to. */
    private static final long HANDSHAKE_MILLIS = 30_000;
    private static final long GOODBYE_MILLIS = 5_000;

    private final String server;
    private final Transport transport;
    private final ClientNegotiation.Agreement agreement;
    private final Thread reader;
    private final ReentrantLock sending = new ReentrantLock();
    private final ByteBuffer head = ByteBuffer.allocateDirect(Command.HEADER_BYTES);
    private final Map<Long, PendingReply> inFlight = new HashMap<>();
    private long lastCookie;
    /** Why the connection has ended; null while it has not. Guarded by {@link #inFlight}. */
    private String end;

    private NbdClient(String server, Transport transport, ClientNegotiation.Agreement agreement) {
        this.server = server;
        this.transport = transport;
        this.agreement = agreement;
        reader = Thread.ofPlatform().daemon().name("nbd-client " + server)
                .unstarted(this::readReplies);
    }

    /**
     * Connects and negotiates.
     *
     * @throws BlockException {@code Failed to connect to '<address>': <reason>} if there is no
     *         server; EINVAL if it does not have the export; EIO if it broke the rules or off
     */
    static NbdClient connect(SocketAddress address, String exportName) throws BlockException {
        String server = Sockets.text(address);
        SocketChannel channel = Sockets.connect(address);
        Transport transport = null;
        try {
            transport = new Transport(channel, Clock.SYSTEM);
            transport.expireAfter(HANDSHAKE_MILLIS);
            ClientNegotiation.Agreement agreement =
                    new ClientNegotiation(transport, exportName).run();
            transport.expireAfter(0);
            NbdClient client = new NbdClient(server, transport, agreement);
            client.reader.start();
            return client;
        } catch (BlockException e) {
            transport.close();
            throw e;
        } catch (IOException e) {
            Transport.closeQuietly(transport == null ? channel : transport);
            throw new BlockException(Errno.EIO, "nbd server '" + server + "': handshake failed: "
                    + e.getMessage(), e);
        }
    }

    ClientNegotiation.Agreement agreement() {
        return agreement;
    }

    /** The thread that writes into the memory of reads, for those who must let it. */
    Thread reader() {
        return reader;
    }

    /** A cookie for one request, unlike those of all others. */
    long nextCookie() {
        synchronized (inFlight) {
            return ++lastCookie;
        }
    }

    /**
     * Sends a request and blocks until its reply has come; an interrupt does not end that.
     *
     * @param data of a write, otherwise null
     * @throws BlockException the server's error, or EIO if the connection has ended
     */
    void request(PendingReply pending, MemorySegment data, String nodeName) throws BlockException {
        Command command = pending.command();
        synchronized (inFlight) {
            if (end != null) {
                throw new BlockException(Errno.EIO, nodeName + ": " + command.describe() + ": "
                        + end);
            }
            inFlight.put(command.cookie(), pending);
        }
        sending.lock();
        try {
            head.clear();
            command.put(head);
            head.flip();
            if (data == null) {
                transport.writeFully(head);
            } else {
                transport.writeFully(head, data);
            }
        } catch (IOException e) {
            // The reader notices, and fails this request with all the others.
            transport.close();
        } catch (RuntimeException | Error e) {
            // Memory that was closed meanwhile: half a request may be out, so nothing can follow.
            transport.close();
            throw e;
        } finally {
            sending.unlock();
        }
        pending.await(nodeName);
    }

    private void readReplies() {
        String why;
        try {
            while (true) {
                readReply();
            }
        } catch (WireException e) {
            why = "nbd server '" + server + "' broke the protocol: " + e.getMessage();
        } catch (EOFException e) {
            why = "nbd server '" + server + "' closed the connection";
        } catch (IOException | RuntimeException e) {
            why = "nbd server '" + server + "': connection lost: " + e.getMessage();
        }
        transport.close();
        List<PendingReply> lost;
        synchronized (inFlight) {
            end = end == null ? why : end;
            lost = new ArrayList<>(inFlight.values());
            inFlight.clear();
        }
        for (PendingReply pending : lost) {
            pending.lose(Errno.EIO, why);
        }
    }

    private void readReply() throws IOException {
        int magic = transport.peekInt();
        if (magic == Chunk.MAGIC && agreement.structured()) {
            Chunk chunk = Chunk.get(transport.take(Chunk.HEADER_BYTES));
            WireException.checkRange("nbd structured reply: length", chunk.length(), 0,
                    BlockSizes.MAX_PAYLOAD + Chunk.MAX_ERROR_BYTES);
            PendingReply pending = find(chunk.cookie());
            pending.takeChunk(chunk, transport);
            if (chunk.isDone()) {
                finish(pending);
            }
            return;
        }
        SimpleReply reply = SimpleReply.get(transport.take(SimpleReply.HEADER_BYTES));
        PendingReply pending = find(reply.cookie());
        if (agreement.structured() && pending.command().type() == Command.READ) {
            throw new WireException("nbd reply to " + pending.command().describe()
                    + ": simple: must be structured");
        }
        pending.takeSimple(reply.error(), transport);
        finish(pending);
    }

    private PendingReply find(long cookie) throws WireException {
        synchronized (inFlight) {
            PendingReply pending = inFlight.get(cookie);
            if (pending == null) {
                throw new WireException("nbd reply: cookie " + Long.toUnsignedString(cookie)
                        + ": must be that of a request in flight: " + inFlight.size());
            }
            return pending;
        }
    }

    private void finish(PendingReply pending) {
        synchronized (inFlight) {
            inFlight.remove(pending.command().cookie());
        }
        pending.complete();
    }

    /**
     * Says goodbye and waits for the server to let go, so that it then has one client less; for a
     * server that does not, not longer than a few seconds. Requests in flight are answered first.
     */
    void close() {
        synchronized (inFlight) {
            end = end == null ? "the connection was closed" : end;
        }
        // Somebody who is sending may be stuck for ever, if the server does not read.
        if (sending.tryLock()) {
            try {
                disconnect();
            } catch (IOException e) {
                // The server has gone before.
            } finally {
                sending.unlock();
            }
        }
        transport.close();
        Interruptions.join(reader);
    }

    private void disconnect() throws IOException {
        transport.expireAfter(GOODBYE_MILLIS);
        head.clear();
        new Command(0, Command.DISC, 0, 0, 0).put(head);
        transport.writeFully(head.flip());
        awaitReader();
    }

    private void awaitReader() {
        boolean interrupted = Thread.interrupted();
        try {
            reader.join(GOODBYE_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

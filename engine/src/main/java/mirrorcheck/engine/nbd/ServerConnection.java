// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/** One client of a server: negotiates, then reads requests, until either side has enough. */
final class ServerConnection implements Runnable {
    private final NbdServer server;
    private final Transport transport;

    ServerConnection(NbdServer server, Transport transport) {
        this.server = server;
        this.transport = transport;
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (EOFException | ClosedChannelException e) {
            // The client left without a word, or the server closed: nothing to tell.
        } catch (IOException e) {
            server.options().log().accept("nbd server: connection ended: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            server.options().log().accept("nbd server: connection ended: " + e);
        } finally {
            transport.close();
            server.ended(this);
        }
    }

    private void serve() throws IOException {
        transport.expireAfter(server.options().handshakeMillis());
        Negotiation.Agreement agreement;
        Negotiation negotiation = new Negotiation(this, transport, server.exports(),
                server.options().structuredReplies());
        try {
            agreement = negotiation.run();
        } catch (IOException | RuntimeException | Error e) {
            negotiation.abandon();
            throw e;
        }
        if (agreement == null) {
            return;
        }
        transport.expireAfter(0);
        Transmission transmission = new Transmission(server, transport, agreement);
        try {
            transmission.run();
        } finally {
            // In this order a client that has seen the end of the connection has also left.
            transmission.awaitIdle();
            agreement.served().leave(this);
        }
    }

    /** Ends the connection at once; requests that are running go on, and are not answered. */
    void close() {
        transport.close();
    }
}

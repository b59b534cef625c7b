// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.util.function.Consumer;
import mirrorcheck.engine.host.Clock;

/**
 * How a server treats its clients.
 *
 * @param maxConnections   how many at a time; others wait to be accepted
 * @param maxRequests      of one connection, from their arrival until their reply is written;
 *                         others wait in the socket
 * @param workers          requests that run at a time, of all connections
 * @param handshakeMillis  how long a client may negotiate; 0 for ever
 * @param structuredReplies whether they are offered, and block status with them
 * @param clock            measures the handshake
 * @param log              told why a connection was ended before its client did, and of errors in
 *                         exports that are no {@code BlockException}; called on any thread
 */
public record ServerOptions(int maxConnections, int maxRequests, int workers,
        long handshakeMillis, boolean structuredReplies, Clock clock, Consumer<String> log) {
    /** 100 clients with 64 requests each, 64 running, 10 s to negotiate, a log that is dropped. */
    public static final ServerOptions DEFAULT =
            new ServerOptions(100, 64, 64, 10_000, true, Clock.SYSTEM, line -> { });

    /** Refuses bounds below 1, with which nothing would ever be served. */
    public ServerOptions {
        if (maxConnections < 1 || maxRequests < 1 || workers < 1 || handshakeMillis < 0) {
            throw new IllegalArgumentException("nbd server: " + maxConnections + " connections, "
                    + maxRequests + " requests, " + workers + " workers: must be at least 1, "
                    + handshakeMillis + " ms: must be at least 0");
        }
    }

    public ServerOptions withMaxConnections(int value) {
        return new ServerOptions(value, maxRequests, workers, handshakeMillis, structuredReplies,
                clock, log);
    }

    public ServerOptions withMaxRequests(int value) {
        return new ServerOptions(maxConnections, value, workers, handshakeMillis,
                structuredReplies, clock, log);
    }

    public ServerOptions withWorkers(int value) {
        return new ServerOptions(maxConnections, maxRequests, value, handshakeMillis,
                structuredReplies, clock, log);
    }

    public ServerOptions withHandshakeMillis(long value) {
        return new ServerOptions(maxConnections, maxRequests, workers, value, structuredReplies,
                clock, log);
    }

    public ServerOptions withStructuredReplies(boolean value) {
        return new ServerOptions(maxConnections, maxRequests, workers, handshakeMillis, value,
                clock, log);
    }

    public ServerOptions withLog(Consumer<String> value) {
        return new ServerOptions(maxConnections, maxRequests, workers, handshakeMillis,
                structuredReplies, clock, value);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Interruptions;
import mirrorcheck.engine.host.Errno;

/**
 * Serves exports over the NBD protocol, on a unix socket or TCP, without TLS.
 *
 * <p>Exports come and go while the server runs. What clients do, however hostile, ends at most
 * their own connection: what was wrong with it is told to {@link ServerOptions#log}. All methods
 * may be called from any thread.
 */
public final class NbdServer implements AutoCloseable {
    /** What becomes of the clients of an export that is removed. */
    public enum Removal {
        /** As {@code block-export-del mode=safe}: an export that is used is not removed. */
        IF_UNUSED,
        /** No client is let in any more, and those that are in are waited for. */
        WAIT,
        /** As {@code block-export-del mode=hard}: clients are disconnected. */
        DISCONNECT
    }

    /** How long a thread waits for more to do before it ends. */
    private static final long IDLE_SECONDS = 5;
    private static final long RETRY_SECONDS = 1;

    private final ServerSocketChannel listener;
    private final SocketAddress address;
    private final ServerOptions options;
    private final ExportList exports = new ExportList();
    private final PayloadPool pool = new PayloadPool();
    private final Semaphore workers;
    private final ExecutorService threads;
    private final Set<ServerConnection> connections = new HashSet<>();
    private boolean closed;
    private boolean accepting = true;

    private NbdServer(ServerSocketChannel listener, SocketAddress address, ServerOptions options) {
        this.listener = listener;
        this.address = address;
        this.options = options;
        workers = new Semaphore(options.workers(), true);
        threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS,
                new SynchronousQueue<>(), Thread.ofPlatform().daemon().name("nbd-server-", 0)
                        .factory());
    }

    /**
     * Listens and serves from now on; there are no exports yet.
     *
     * @param address unix, whose socket file must not belong to a server that is alive, or TCP,
     *                where port 0 takes a free one
     * @throws BlockException {@code Failed to bind socket to <address>: <reason>}; EINVAL if the
     *         path is too long for a unix socket
     */
    public static NbdServer listen(SocketAddress address, ServerOptions options)
            throws BlockException {
        ServerSocketChannel listener = Sockets.listen(address);
        try {
            NbdServer server = new NbdServer(listener, listener.getLocalAddress(), options);
            server.threads.execute(server::acceptAll);
            return server;
        } catch (IOException e) {
            Transport.closeQuietly(listener);
            throw new BlockException(Errno.EIO, "nbd server: " + e.getMessage(), e);
        }
    }

    /** Where the server listens, with the port it got. */
    public SocketAddress address() {
        return address;
    }

    /** How other programs reach an export. */
    public NbdUri uri(String exportName) {
        return new NbdUri(address, exportName);
    }

    /**
     * Offers an export to clients that connect from now on.
     *
     * @param name what clients ask for; empty for the default export
     * @throws BlockException EINVAL with QEMU's text if the name is taken, or is longer than 4096
     *         bytes
     */
    public void add(String name, NbdExport export, ExportOptions exportOptions)
            throws BlockException {
        exports.add(new ServedExport(name, export, exportOptions));
    }

    /**
     * Removes an export. Blocks until no request of it runs any more, so that the node below may be
     * closed then; an interrupt does not end that.
     *
     * @throws BlockException EINVAL if there is no such export; EBUSY, and it stays, if it is used
     *         and {@code how} is {@link Removal#IF_UNUSED}
     */
    public void remove(String name, Removal how) throws BlockException {
        ServedExport export = exports.get(name);
        if (how == Removal.IF_UNUSED && !export.removeIfUnused()) {
            throw new BlockException(Errno.EBUSY, "export '" + name + "' still in use");
        }
        export.remove(how == Removal.DISCONNECT);
        exports.remove(export);
        export.awaitUnused();
    }

    /** The names of the exports, in the order in which they came. */
    public List<String> exportNames() {
        return exports.all().stream().map(ServedExport::name).toList();
    }

    /**
     * How many connections use an export.
     *
     * @throws BlockException EINVAL if there is no such export
     */
    public int clients(String name) throws BlockException {
        return exports.get(name).users();
    }

    /**
     * Stops as if the process had died: no more clients, no more answers. Returns at once; requests
     * that run in exports go on.
     */
    public void abort() {
        List<ServerConnection> present;
        synchronized (this) {
            closed = true;
            present = List.copyOf(connections);
            notifyAll();
        }
        Transport.closeQuietly(listener);
        present.forEach(ServerConnection::close);
    }

    /**
     * Stops, removes the socket file, and waits for the requests that run; an interrupt does not
     * end that. Exports and their nodes stay as they are. A second call does nothing.
     */
    @Override
    public void close() {
        abort();
        synchronized (this) {
            // As long as a thread is about to leave its accept, the host still takes connections.
            Interruptions.await(this, () -> connections.isEmpty() && !accepting);
        }
        threads.shutdown();
        try {
            if (address instanceof UnixDomainSocketAddress unix) {
                Sockets.removeSocket(unix.getPath());
            }
        } catch (IOException e) {
            options.log().accept("nbd server: socket left behind: " + e);
        }
    }

    private void acceptAll() {
        try {
            accept();
        } finally {
            synchronized (this) {
                accepting = false;
                notifyAll();
            }
        }
    }

    private void accept() {
        while (awaitRoom()) {
            try {
                welcome(listener.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // Too many open files, most likely: ends when some client leaves.
                options.log().accept("nbd server: accept failed: " + e.getMessage());
                awaitChange();
            }
        }
    }

    private void welcome(SocketChannel channel) {
        try {
            Sockets.tune(channel);
            ServerConnection connection =
                    new ServerConnection(this, new Transport(channel, options.clock()));
            synchronized (this) {
                if (closed) {
                    connection.close();
                    return;
                }
                connections.add(connection);
            }
            threads.execute(connection);
        } catch (IOException e) {
            Transport.closeQuietly(channel);
        }
    }

    /** Waits until one more client may come. Answers false if the server is closed. */
    private synchronized boolean awaitRoom() {
        Interruptions.await(this, () -> closed || connections.size() < options.maxConnections());
        return !closed;
    }

    /** Waits until a client leaves, or for a second. */
    private synchronized void awaitChange() {
        try {
            TimeUnit.SECONDS.timedWait(this, RETRY_SECONDS);
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; and if somebody does, it tries again.
        }
    }

    synchronized void ended(ServerConnection connection) {
        connections.remove(connection);
        notifyAll();
    }

    ServerOptions options() {
        return options;
    }

    ExportList exports() {
        return exports;
    }

    PayloadPool pool() {
        return pool;
    }

    /** One permit for each request that may run. */
    Semaphore workers() {
        return workers;
    }

    ExecutorService threads() {
        return threads;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.nbd.Sockets;

/**
 * A socket, unix or TCP: one client at a time; another that connects meanwhile waits until the one
 * before has left.
 */
final class SocketChardev implements Chardev {
    /** Null for a connection that was made from here: then there is one client, and no second. */
    private final ServerSocketChannel listener;
    private final SocketAddress address;
    private SocketChannel client;
    private Session session;
    private boolean closed;

    private SocketChardev(ServerSocketChannel listener, SocketAddress address,
            SocketChannel client) {
        this.listener = listener;
        this.address = address;
        this.client = client;
    }

    static SocketChardev listen(SocketAddress address) throws BlockException {
        ServerSocketChannel listener = address instanceof UnixDomainSocketAddress unix
                ? appear(unix) : Sockets.listen(address);
        return new SocketChardev(listener, address, null);
    }

    /** Blocks until the first client has come. */
    void awaitClient() throws BlockException {
        try {
            client = listener.accept();
        } catch (IOException e) {
            close();
            throw BlockException.refused("Failed to accept a client: " + e.getMessage());
        }
    }

    /**
     * Listens on a socket file that is not to be seen before that: clients that wait for the file
     * find somebody there.
     */
    private static ServerSocketChannel appear(UnixDomainSocketAddress address)
            throws BlockException {
        Path path = address.getPath();
        Path hidden = path.resolveSibling("." + ProcessHandle.current().pid() + ".sock");
        ServerSocketChannel listener = null;
        try {
            Sockets.removeSocket(path);
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                listener = Sockets.listen(UnixDomainSocketAddress.of(hidden));
                Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
                return listener;
            }
        } catch (IOException e) {
            // Say what is wrong with the path itself, if it is that.
            Closing.quietly(listener == null ? () -> { } : listener);
        }
        return Sockets.listen(address);
    }

    static SocketChardev connect(SocketAddress address) throws BlockException {
        return new SocketChardev(null, address, Sockets.connect(address));
    }

    @Override
    public void serve(Daemon daemon, boolean pretty) {
        Thread.ofPlatform().daemon().name("monitor").start(() -> {
            try {
                do {
                    serve(next(), daemon, pretty);
                } while (listener != null);
            } catch (IOException e) {
                // The listener was closed: the daemon ends.
            }
        });
    }

    private SocketChannel next() throws IOException {
        synchronized (this) {
            if (client != null) {
                return client;
            }
        }
        SocketChannel accepted = listener.accept();
        synchronized (this) {
            if (closed) {
                accepted.close();
            }
            client = accepted;
        }
        return accepted;
    }

    private void serve(SocketChannel channel, Daemon daemon, boolean pretty) throws IOException {
        Session greeted = new Session(daemon, Channels.newOutputStream(channel), pretty,
                () -> Closing.quietly(channel));
        synchronized (this) {
            session = greeted;
        }
        StdioChardev.read(Channels.newInputStream(channel), greeted);
        greeted.close();
        channel.close();
        synchronized (this) {
            client = null;
            session = null;
        }
    }

    @Override
    public void close() {
        Session last;
        synchronized (this) {
            closed = true;
            last = session;
        }
        if (listener != null) {
            Closing.quietly(listener);
        }
        if (last != null) {
            last.close();
        }
        synchronized (this) {
            if (client != null) {
                Closing.quietly(client);
            }
        }
        removeFile();
    }

    private void removeFile() {
        try {
            if (listener != null && address instanceof UnixDomainSocketAddress unix) {
                Sockets.removeSocket(unix.getPath());
            }
        } catch (IOException e) {
            // Somebody removed it, or its directory: it is gone all the same.
        }
    }
}

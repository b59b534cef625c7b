// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;

/** Listens and connects, on unix sockets and TCP, and says in QEMU's words why it cannot. */
public final class Sockets {
    /** The longest path of a unix socket in bytes: 108 with its end, struct sockaddr_un. */
    private static final int MAX_PATH_BYTES = 107;
    private static final int BACKLOG = 128;
    private static final int UNIX_SEND_BYTES = 2 << 20;

    private Sockets() {
    }

    /**
     * Listens. A socket file that is in the way is removed first, as its server may have been
     * killed; a file of another kind is not.
     */
    public static ServerSocketChannel listen(SocketAddress address) throws BlockException {
        checkPath(address);
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open(family(address));
            if (address instanceof UnixDomainSocketAddress unix) {
                removeSocket(unix.getPath());
            }
            channel.bind(address, BACKLOG);
            return channel;
        } catch (IOException | UnresolvedAddressException e) {
            Transport.closeQuietly(channel);
            throw failed("Failed to bind socket to " + text(address), e);
        }
    }

    /** Removes a socket file, if there is one. */
    public static void removeSocket(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && Files.readAttributes(path, BasicFileAttributes.class,
                        LinkOption.NOFOLLOW_LINKS).isOther()) {
            Files.deleteIfExists(path);
        }
    }

    /** Connects; TCP does not wait to fill its packets. */
    public static SocketChannel connect(SocketAddress address) throws BlockException {
        checkPath(address);
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(family(address));
            channel.connect(address);
            tune(channel);
            return channel;
        } catch (ClosedByInterruptException e) {
            throw failed("Failed to connect to '" + text(address) + "'",
                    new InterruptedIOException("interrupted"));
        } catch (IOException | UnresolvedAddressException e) {
            Transport.closeQuietly(channel);
            throw failed("Failed to connect to '" + text(address) + "'", e);
        }
    }

    /**
     * Has a TCP socket send small messages at once, and gives a unix socket room for the data of a
     * request, as far as the host allows: or else a sender wakes its reader for every small part.
     */
    static void tune(SocketChannel channel) throws IOException {
        if (channel.getLocalAddress() instanceof UnixDomainSocketAddress) {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, UNIX_SEND_BYTES);
        }
        if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    private static StandardProtocolFamily family(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress) {
            return StandardProtocolFamily.UNIX;
        }
        return address instanceof InetSocketAddress inet
                && inet.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    /** How messages name an address: the path, or host and port. */
    static String text(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) {
            return unix.getPath().toString();
        }
        return address instanceof InetSocketAddress inet
                ? inet.getHostString() + ":" + inet.getPort() : String.valueOf(address);
    }

    private static void checkPath(SocketAddress address) throws BlockException {
        if (address instanceof UnixDomainSocketAddress unix) {
            String path = unix.getPath().toString();
            if (path.getBytes(UTF_8).length > MAX_PATH_BYTES) {
                throw BlockException.refused("UNIX socket path '" + path + "' is too long");
            }
        }
    }

    private static BlockException failed(String what, Exception e) {
        String reason = e instanceof UnresolvedAddressException
                ? "Name or service not known" : e.getMessage();
        Errno found = Errno.EIO;
        for (Errno errno : Errno.values()) {
            if (errno.text().equals(reason)) {
                found = errno;
            }
        }
        return new BlockException(found, what + ": " + reason, e);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import mirrorcheck.engine.block.BlockException;

/**
 * Where an export is, as other programs are told: {@code nbd+unix:///name?socket=/path} or
 * {@code nbd://host:port/name} (NetworkBlockDevice/nbd, doc/uri.md).
 *
 * @param address    of the server: unix or TCP
 * @param exportName empty for the default export
 */
public record NbdUri(SocketAddress address, String exportName) {
    /** The port of a URI without one. */
    public static final int DEFAULT_PORT = 10809;

    private static final String SOCKET = "socket=";

    /**
     * Reads a URI.
     *
     * @throws BlockException EINVAL if it is none, or has a scheme that is not {@code nbd} or
     *         {@code nbd+unix}
     */
    public static NbdUri parse(String text) throws BlockException {
        try {
            URI uri = new URI(text);
            String path = uri.getPath() == null ? "" : uri.getPath();
            String name = path.startsWith("/") ? path.substring(1) : path;
            if ("nbd".equals(uri.getScheme()) && uri.getHost() != null) {
                int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
                return new NbdUri(new InetSocketAddress(uri.getHost(), port), name);
            }
            String query = uri.getRawQuery();
            if ("nbd+unix".equals(uri.getScheme()) && query != null && query.startsWith(SOCKET)) {
                String socket = decode(query.substring(SOCKET.length()));
                return new NbdUri(UnixDomainSocketAddress.of(socket), name);
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw refused(text);
        }
        throw refused(text);
    }

    private static BlockException refused(String text) {
        return BlockException.refused("nbd uri '" + text
                + "': must be nbd://host[:port]/name or nbd+unix:///name?socket=path");
    }

    /** The URI. */
    @Override
    public String toString() {
        String name = encode(exportName);
        if (address instanceof UnixDomainSocketAddress unix) {
            return "nbd+unix:///" + name + "?socket=" + encode(unix.getPath().toString());
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        String host = inet.getHostString();
        String bracketed = host.contains(":") ? "[" + host + "]" : host;
        return "nbd://" + bracketed + ":" + inet.getPort() + "/" + name;
    }

    /** As in a path, where a plus is a plus. */
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("%2F", "/");
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import mirrorcheck.engine.block.BlockException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NbdUriTest {
    @ParameterizedTest
    @CsvSource({"/tmp/s, '', nbd+unix:///?socket=/tmp/s",
        "/tmp/a b+c&d, disk 1, nbd+unix:///disk%201?socket=/tmp/a%20b%2Bc%26d",
        "/tmp/s, a/b?c, nbd+unix:///a/b%3Fc?socket=/tmp/s"})
    void unixSocketsBothWays(String path, String name, String uri) throws BlockException {
        NbdUri expected = new NbdUri(UnixDomainSocketAddress.of(path), name);
        assertEquals(uri, expected.toString());
        assertEquals(expected, NbdUri.parse(uri));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 4711, e, nbd://127.0.0.1:4711/e",
        "localhost, 1, '', nbd://localhost:1/",
        "127.0.0.1, 10809, x y, nbd://127.0.0.1:10809/x%20y"})
    void tcpBothWays(String host, int port, String name, String uri) throws BlockException {
        NbdUri expected = new NbdUri(new InetSocketAddress(host, port), name);
        assertEquals(uri, expected.toString());
        assertEquals(expected, NbdUri.parse(uri));
    }

    @ParameterizedTest
    @CsvSource({"nbd://127.0.0.1, 10809, ''", "nbd://127.0.0.1/e, 10809, e",
        "nbd://127.0.0.1:7, 7, ''"})
    void partsMayBeLeftOut(String uri, int port, String name) throws BlockException {
        assertEquals(new NbdUri(new InetSocketAddress("127.0.0.1", port), name),
                NbdUri.parse(uri));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nbd", "nbd:", "nbd+unix:///e", "nbd+unix:///e?path=/x",
        "nbds://127.0.0.1/e", "http://127.0.0.1/", "nbd://a b/", "nbd:///e",
        "nbd+unix:///e?socket=%zz", "nbd://127.0.0.1:99999/"})
    void othersAreRefused(String uri) {
        assertEquals("nbd uri '" + uri
                + "': must be nbd://host[:port]/name or nbd+unix:///name?socket=path",
                assertThrows(BlockException.class, () -> NbdUri.parse(uri)).getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.driver.HostPath;
import mirrorcheck.engine.driver.Options;

/** The addresses of sockets as clients give them (QMP SocketAddress). */
final class Addresses {
    private static final int MAX_PORT = 65535;

    private Addresses() {
    }

    /** An address with its members beside its type. */
    static SocketAddress of(Options address) throws BlockException {
        return of(address.string("type"), address);
    }

    /** An address from the members that go with its type. */
    static SocketAddress of(String type, Options address) throws BlockException {
        if (type.equals("unix")) {
            return UnixDomainSocketAddress.of(HostPath.of(address.string("path")));
        }
        return inet(address.string("host"), address.string("port"));
    }

    static SocketAddress inet(String host, String port) throws BlockException {
        if (!port.matches("[0-9]{1,9}")) {
            throw BlockException.refused("address resolution failed for " + host + ":" + port
                    + ": Servname not supported for ai_socktype");
        }
        // The resolver of the C library, which QEMU asks, keeps the low 16 bits.
        return new InetSocketAddress(host, Integer.parseInt(port) & MAX_PORT);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.engine.nbd.ExportOptions;
import mirrorcheck.engine.nbd.NbdExport;
import mirrorcheck.engine.nbd.NbdServer;
import mirrorcheck.engine.nbd.ServerOptions;
import org.apache.commons.io.file.PathUtils;

/** An NBD server that serves one end and nothing else, and that can die under its client. */
public final class EndServer implements AutoCloseable {
    private final Path directory;
    private final NbdServer server;

    private EndServer(Path directory, NbdServer server) {
        this.directory = directory;
        this.server = server;
    }

    /**
     * Serves an end.
     *
     * @param name     of the export
     * @param writable whether clients may write
     * @throws IOException if the host has no socket for it; nothing is left
     */
    public static EndServer start(End end, String name, boolean writable) throws IOException {
        Path directory = Files.createTempDirectory("mirrorcheck-");
        try {
            NbdServer server = NbdServer.listen(
                    UnixDomainSocketAddress.of(directory.resolve("end.sock")),
                    ServerOptions.DEFAULT);
            server.add(name, NbdExport.of(end.node(), writable), ExportOptions.ALL);
            return new EndServer(directory, server);
        } catch (IOException e) {
            PathUtils.deleteDirectory(directory);
            throw e;
        }
    }

    /** The path of its socket. */
    public Path socket() {
        return directory.resolve("end.sock");
    }

    /** Dies: connections are gone at once, whatever is in flight; nobody gets in any more. */
    public void die() {
        server.abort();
    }

    @Override
    public void close() throws IOException {
        server.close();
        PathUtils.deleteDirectory(directory);
    }
}

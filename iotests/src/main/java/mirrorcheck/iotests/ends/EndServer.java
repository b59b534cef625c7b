// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import mirrorcheck.engine.nbd.ExportOptions;
import mirrorcheck.engine.nbd.NbdExport;
import mirrorcheck.engine.nbd.NbdServer;
import mirrorcheck.engine.nbd.ServerOptions;
import org.apache.commons.io.file.PathUtils;

/** An NBD server that serves one end and nothing else, and that can die under its client. */
public final class EndServer implements AutoCloseable {
    private final Path directory;
    private final NbdServer server;
    private final End end;

    private EndServer(Path directory, NbdServer server, End end) {
        this.directory = directory;
        this.server = server;
        this.end = end;
    }

    /**
     * Serves an end, which is closed with it.
     *
     * @param name     of the export
     * @param writable whether clients may write
     * @throws IOException if the host has no socket for it; nothing is left, the end is closed
     */
    public static EndServer start(End end, String name, boolean writable) throws IOException {
        Path directory = Files.createTempDirectory("mirrorcheck-");
        try {
            NbdServer server = NbdServer.listen(
                    UnixDomainSocketAddress.of(directory.resolve("end.sock")),
                    ServerOptions.DEFAULT);
            server.add(name, NbdExport.of(end.node(), writable), ExportOptions.ALL);
            return new EndServer(directory, server, end);
        } catch (IOException e) {
            end.node().close();
            PathUtils.deleteDirectory(directory);
            throw e;
        }
    }

    /**
     * The server of a node.
     *
     * @throws IOException if {@code servers} has none of that name
     */
    public static EndServer of(Map<String, EndServer> servers, String nodeName)
            throws IOException {
        EndServer server = servers.get(nodeName);
        if (server == null) {
            throw new IOException("node '" + nodeName + "': no server of its own");
        }
        return server;
    }

    /** The path of its socket. */
    public Path socket() {
        return directory.resolve("end.sock");
    }

    /** Dies: connections are gone at once, whatever is in flight; nobody gets in any more. */
    public void die() {
        server.abort();
    }

    /** Lets go what is held, and ends. */
    @Override
    public void close() throws IOException {
        end.gate().open();
        server.close();
        end.node().close();
        PathUtils.deleteDirectory(directory);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A daemon in this process that was set up by a command line and listens on a unix socket. */
final class MonitorFixture implements AutoCloseable {
    final Path directory;
    final Daemon daemon;
    final Startup.Outcome outcome;
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final List<MonitorClient> clients = new ArrayList<>();

    MonitorFixture(Path directory, String... options) {
        this.directory = directory;
        PrintStream err = new PrintStream(errors, true, StandardCharsets.UTF_8);
        daemon = new Daemon(err);
        List<String> all = new ArrayList<>(List.of("--chardev",
                "socket,id=m,path=" + socket() + ",server=on,wait=off", "--monitor", "m"));
        all.addAll(List.of(options));
        outcome = new Startup("prog", daemon, new ByteArrayInputStream(new byte[0]),
                OutputStream.nullOutputStream(), err, err).run(all);
    }

    Path socket() {
        return directory.resolve("qmp.sock");
    }

    /** What went to standard error and output. */
    String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    MonitorClient client() throws Exception {
        assertEquals(Startup.Outcome.RUNNING, outcome, this::errors);
        MonitorClient client = MonitorClient.ready(socket());
        clients.add(client);
        return client;
    }

    /** A sparse file; answers its path. */
    String image(String name, long bytes) throws IOException {
        Path path = directory.resolve(name);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return path.toString();
    }

    @Override
    public void close() throws IOException {
        for (MonitorClient client : clients) {
            client.close();
        }
        daemon.close();
        assertEquals("", errors());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a daemon that is none, and one that talks strangely, come to; and the client's own manners.
 */
@Timeout(60)
class QmpAdapterTest {
    @TempDir
    private Path dir;

    @Test
    void aProgramThatIsNotThereIsNamed() {
        IOException e = assertThrows(IOException.class,
                () -> new QmpAdapter("d", DaemonSettings.of(dir.resolve("missing"))));
        assertTrue(e.getMessage().startsWith(dir.resolve("missing") + ": "), e.getMessage());
    }

    @Test
    void aDaemonThatEndsIsQuoted() throws IOException {
        Path script = dir.resolve("daemon");
        Files.writeString(script, "#!/bin/sh\necho 'no such option' >&2\nexit 3\n");
        assertTrue(script.toFile().setExecutable(true));
        IOException e = assertThrows(IOException.class,
                () -> new QmpAdapter("d", DaemonSettings.of(script)));
        assertTrue(e.getMessage().endsWith("exit code 3; its last words: no such option"),
                e.getMessage());
    }

    /** A monitor that says these lines to its one client, one per command that comes. */
    private final class Monitor implements AutoCloseable {
        private final ServerSocketChannel server;
        private final Thread thread;

        Monitor(Path socket, List<String> lines) throws IOException {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            thread = Thread.ofPlatform().daemon().start(() -> talk(lines));
        }

        private void talk(List<String> lines) {
            try (SocketChannel client = server.accept()) {
                for (String line : lines) {
                    client.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
                    if (!line.contains("event")) {
                        ByteBuffer command = ByteBuffer.allocate(4096);
                        client.read(command);
                    }
                }
            } catch (IOException e) {
                // The client left first; the test's own assertions tell why.
                return;
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void repliesErrorsAndEventsGoTheirWays() throws Exception {
        Path socket = dir.resolve("m.sock");
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        try (Monitor _ = new Monitor(socket, List.of(
                        "{\"QMP\": {\"version\": {}, \"capabilities\": []}}",
                        "{\"return\": {}, \"id\": 0}",
                        "{\"event\": \"STOP\", \"data\": {}}",
                        "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}, \"id\": 1}"));
                QmpClient client =
                        new QmpClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)),
                        event -> events.add(event.path("event").asString("")), () -> { })) {
            QmpError e = assertThrows(QmpError.class,
                    () -> client.command("stop", Map.of()));
            assertEquals("no", e.getMessage());
            assertEquals("GenericError", e.errorClass());
            assertEquals("STOP", events.take());
        }
    }

    @Test
    void aCommandForgottenBetweenTwoGreetingsIsSentAgain() throws Exception {
        Path socket = dir.resolve("m.sock");
        try (Monitor _ = new Monitor(socket, List.of(
                        "{\"QMP\": {\"version\": {}, \"capabilities\": []}}",
                        "{\"QMP\": {\"version\": {}, \"capabilities\": []}}",
                        "{\"return\": {}, \"id\": 0}",
                        "{\"return\": {\"a\": 1}, \"id\": 1}"));
                QmpClient client =
                        new QmpClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)),
                        event -> { }, () -> { })) {
            assertEquals("{\"a\":1}", client.command("query-version", Map.of()).toString());
        }
    }

    @Test
    void whatWasSaidIsKeptForAReaderOnceAQuestion() throws Exception {
        MonitorLog log = new MonitorLog();
        JsonMapper json = new JsonMapper();
        for (int i = 0; i < 3; i++) {
            log.sent("query-jobs", Map.of());
            log.received(json.readTree("{\"return\": [], \"id\": " + i + "}"));
        }
        log.received(json.readTree("{\"event\": \"STOP\", \"data\": {}}"));
        assertEquals("""
                -> query-jobs
                <- []
                   and 2 times more: query-jobs
                <- STOP {}
                """, log.toString());
    }

    @Test
    void aMonitorThatClosesIsAnErrorAndNoHang() throws Exception {
        Path socket = dir.resolve("m.sock");
        try (Monitor _ = new Monitor(socket, List.of(
                "{\"QMP\": {\"version\": {}, \"capabilities\": []}}"))) {
            IOException e = assertThrows(IOException.class,
                    () -> new QmpClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)),
                    event -> { }, () -> { }));
            assertTrue(e.getMessage().startsWith(
                    "monitor: the connection ended before command qmp_capabilities was answered"),
                    e.getMessage());
        }
        assertFalse(Thread.currentThread().isInterrupted());
    }
}

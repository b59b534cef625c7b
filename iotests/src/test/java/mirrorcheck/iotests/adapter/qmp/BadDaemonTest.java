// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Daemons that die, talk nonsense, flood or do not end when asked: each fails the session with its
 * last words, and nothing of it runs afterwards. They are programs of a few lines over a real
 * socket.
 */
@Timeout(60)
class BadDaemonTest {
    private static final String GREETING =
            "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\n{\"return\": {}, \"id\": 0}\n";
    private static Path java;

    @TempDir
    private Path dir;
    private Path work;

    @BeforeAll
    static void findJava() {
        java = Path.of(System.getProperty("java.home"), "bin", "java");
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        work = Files.createDirectory(dir.resolve("w"));
    }

    /**
     * A daemon that leaves a child in the background, says the text in a file to its client, and
     * then does what a piece of shell says.
     */
    private DaemonSettings daemon(String says, String then) throws IOException {
        Files.writeString(dir.resolve("says"), says);
        Files.writeString(dir.resolve("Talk.java"), """
                import java.net.*;
                import java.nio.*;
                import java.nio.channels.*;
                import java.nio.file.*;

                void main(String[] args) throws Exception {
                    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                    server.bind(UnixDomainSocketAddress.of(args[0]));
                    var client = server.accept();
                    client.write(ByteBuffer.wrap(Files.readAllBytes(Path.of(args[1]))));
                    client.read(ByteBuffer.allocate(1));
                    System.err.println("talked");
                }
                """);
        Path script = dir.resolve("daemon");
        Files.writeString(script, "#!/bin/sh\ntail -f /dev/null &\necho $! > "
                + dir.resolve("child")
                + "\n" + java + " -XX:TieredStopAtLevel=1 " + dir.resolve("Talk.java") + " \"$1\" "
                + dir.resolve("says") + "\n" + then + "\n");
        assertTrue(script.toFile().setExecutable(true));
        return new DaemonSettings(dir, List.of("./daemon", DaemonSettings.MONITOR), Set.of(),
                Set.of());
    }

    private void nothingIsLeft() throws IOException {
        String child = Files.readString(dir.resolve("child")).strip();
        assertTrue(isGone(Path.of("/proc", child, "status")));
        try (Stream<Path> files = Files.walk(dir)) {
            assertEquals(List.of(), files.filter(file -> file.toString().endsWith(".sock"))
                    .toList());
        }
    }

    /** Whether it is not there, or waits for nothing but that its new parent looks at its end. */
    private static boolean isGone(Path status) {
        try {
            return Files.readString(status).contains("\nState:\tZ");
        } catch (IOException e) {
            return true;
        }
    }

    private String failure(DaemonSettings settings) throws IOException {
        IOException e;
        try (QmpSession session = new QmpSession(settings, work, dir, () -> { })) {
            e = assertThrows(IOException.class, () -> session.command("query-jobs", Map.of()));
        }
        nothingIsLeft();
        return e.getMessage();
    }

    @Test
    void oneThatDiesIsQuotedAndItsChildrenGo() throws IOException {
        String message = failure(daemon(GREETING, "echo 'core dumped' >&2; kill -ABRT $$"));
        assertTrue(message.matches("monitor: the connection ended before command query-jobs was "
                + "answered: [^;]*; killed by signal 6; its last words: talked \\| core dumped"),
                message);
        Files.readString(dir.resolve(QmpSession.MONITOR));
    }

    @Test
    void nonsenseEndsTheSession() throws IOException {
        String message = failure(daemon(GREETING + "{\"return\": ]\n", "exit 0"));
        assertTrue(message.startsWith("monitor: the connection ended before command query-jobs was "
                + "answered: Unexpected character (']' (code 93))"), message);
        assertTrue(message.endsWith("; exit code 0; its last words: talked"), message);
    }

    @Test
    void aFloodOfEventsIsSurvived() throws IOException {
        String event = "{\"event\": \"BLOCK_JOB_ERROR\", \"data\": {\"device\": \"x\"}}\n";
        String message = failure(daemon(GREETING + event.repeat(200_000), "exit 0"));
        assertTrue(message.contains("before command query-jobs was answered"), message);
        assertTrue(Files.size(dir.resolve(QmpSession.MONITOR)) < 100_000);
    }

    @Test
    void oneThatIgnoresARequestToEndIsKilled() throws IOException {
        DaemonSettings settings = daemon(GREETING, "trap '' TERM; tail -f /dev/null");
        Daemon stubborn = new Daemon(settings, work, 100);
        stubborn.connect().close();
        stubborn.close();
        Files.delete(work.resolve("qmp.sock"));
        assertTrue(stubborn.lastWords().startsWith("killed by signal "), stubborn.lastWords());
        nothingIsLeft();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import mirrorcheck.engine.qmp.json.JsonWriter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sends the same bytes to this daemon and to a real one, and compares all that comes back.
 *
 * <p>Runs where the environment has {@code MIRRORCHECK_LAB}, a directory with
 * {@code bin/11.1/qemu-storage-daemon} in it. Timestamps, generated names and versions are left
 * out of the comparison; members are sorted.
 */
@EnabledIfEnvironmentVariable(named = "MIRRORCHECK_LAB", matches = ".+")
@Timeout(300)
class DifferentialTest {
    private static final String[] PIECES = {"{", "}", "[", "]", ",", ":", "\"a\"", "'b'", "true",
        "null", "nul", "0", "-1", "1.5", "1e", "01", " ", "\n", "\t", "@", "\u00ff", "\"\\x\"",
        "\"\\u12", "\"\u00c3\u00a9\"", "\u0001", "{'execute':'query-jobs'}", "\"execute\":",
        "\"query-jobs\"", "\"id\":", "{\"execute\":\"nope\",\"id\":[1]}", "-", "+", "\\", "'"};

    @TempDir
    Path directory;

    /** A connection to one of the two. */
    private static final class Peer implements AutoCloseable {
        private final SocketChannel channel;
        private final OutputStream out;
        private final BufferedReader in;

        Peer(Path socket) throws IOException {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            out = Channels.newOutputStream(channel);
            in = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel),
                    StandardCharsets.US_ASCII));
            in.readLine();
            exchange("{\"execute\":\"qmp_capabilities\"}\n", "begin");
        }

        /** Sends bytes, and answers what comes until a command after them is answered. */
        List<String> exchange(String bytes, String sync) throws IOException {
            // The byte that no UTF-8 has brings both back into step, whatever was sent.
            send(bytes + "\n\u00ff]}]}]}\n\u00ff\n{\"execute\":\"query-version\",\"id\":\"" + sync
                    + "\"}\n");
            List<String> lines = new ArrayList<>();
            String line = in.readLine();
            while (line != null && !line.contains("\"id\": \"" + sync + "\"")) {
                lines.add(canonical(line));
                line = in.readLine();
            }
            return lines;
        }

        void send(String bytes) throws IOException {
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /**
         * What comes until a message has this in it and the command before is answered: events,
         * then the reply. Which of them is first is a matter of chance where the job is quick.
         */
        List<String> until(String part) throws IOException {
            List<String> events = new ArrayList<>();
            String reply = null;
            boolean found = false;
            while (!found || reply == null) {
                String line = in.readLine();
                found |= line.contains(part);
                if (line.contains("\"event\"")) {
                    events.add(canonical(line));
                } else {
                    reply = canonical(line);
                }
            }
            events.add(reply);
            return events;
        }

        private static String canonical(String line) {
            Map<String, Object> message = MonitorClient.object(line);
            message.remove("timestamp");
            return JsonWriter.line(sorted(message)).replaceAll("#block\\d+", "#block");
        }

        private static Object sorted(Object value) {
            if (value instanceof Map<?, ?> map) {
                Map<String, Object> out = new TreeMap<>();
                map.forEach((name, inner) -> out.put((String) name, sorted(inner)));
                return out;
            }
            return value instanceof List<?> list
                    ? list.stream().map(Peer::sorted).toList() : value;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Does something with a client of each. */
    @FunctionalInterface
    private interface Conversation {
        void with(Peer ours, Peer theirs) throws Exception;
    }

    private void converse(Conversation conversation) throws Exception {
        Path here = Files.createDirectory(directory.resolve("here"));
        Path there = Files.createDirectory(directory.resolve("there"));
        Path socket = there.resolve("qmp.sock");
        Process real = new ProcessBuilder(
                Path.of(System.getenv("MIRRORCHECK_LAB"), "bin", "11.1", "qemu-storage-daemon")
                        .toString(), "--chardev", "socket,id=m,path=" + socket
                        + ",server=on,wait=on", "--monitor", "m")
                .redirectErrorStream(true).start();
        try (MonitorFixture fixture = new MonitorFixture(here); Peer ours =
                new Peer(fixture.socket()); Peer theirs = connect(socket, real)) {
            conversation.with(ours, theirs);
        } finally {
            real.destroyForcibly().waitFor();
        }
    }

    /** The real daemon waits for its client, so only its socket must be waited for. */
    private static Peer connect(Path socket, Process real) throws Exception {
        BufferedReader says = new BufferedReader(new InputStreamReader(real.getInputStream(),
                StandardCharsets.UTF_8));
        String line = says.readLine();
        assertEquals(true, line.contains("waiting for connection"), line);
        return new Peer(socket);
    }

    /** Random tokens and bytes; a seed that fails can be run again. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void hostileBytes(long seed) throws Exception {
        Random random = new Random(seed);
        converse((ours, theirs) -> {
            for (int i = 0; i < 100; i++) {
                StringBuilder bytes = new StringBuilder();
                int pieces = 1 + random.nextInt(12);
                for (int p = 0; p < pieces; p++) {
                    bytes.append(PIECES[random.nextInt(PIECES.length)]);
                }
                String sync = "s" + i;
                assertEquals(theirs.exchange(bytes.toString(), sync),
                        ours.exchange(bytes.toString(), sync),
                        () -> "seed " + seed + ", after: " + JsonWriter.line(bytes.toString()));
            }
        });
    }

    /**
     * Scripts: lines are sent as they are, but for {@code $D}, each directory of its own;
     * {@code send} does not wait for what comes of it, {@code wait X} reads up to a message with X
     * in it, {@code #} begins a comment.
     */
    @ParameterizedTest
    @CsvSource({"nodes", "jobs", "exports", "lives"})
    void script(String name) throws Exception {
        List<String> lines;
        try (InputStream in = DifferentialTest.class.getResourceAsStream(name + ".script")) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        }
        converse((ours, theirs) -> {
            for (String image : List.of("here/a", "here/b", "there/a", "there/b")) {
                try (RandomAccessFile file = new RandomAccessFile(
                        directory.resolve(image).toFile(), "rw")) {
                    file.setLength(20 << 20);
                }
            }
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                assertEquals(step(theirs, line, "there", i), step(ours, line, "here", i),
                        () -> "after: " + line);
            }
        });
    }

    private List<String> step(Peer peer, String line, String side, int number)
            throws IOException {
        String place = directory.resolve(side).toString();
        List<String> found;
        if (line.startsWith("wait ")) {
            found = peer.until(line.substring(5));
        } else if (line.startsWith("send ")) {
            peer.send(line.substring(5).replace("$D", place) + "\n");
            found = List.of();
        } else {
            found = peer.exchange(line.replace("$D", place), "s" + number);
        }
        return found.stream().map(each -> each.replace(place, "$D")).toList();
    }
}

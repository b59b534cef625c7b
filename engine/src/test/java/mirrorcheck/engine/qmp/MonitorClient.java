// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import mirrorcheck.engine.qmp.json.JsonException;
import mirrorcheck.engine.qmp.json.JsonObject;
import mirrorcheck.engine.qmp.json.JsonReader;
import mirrorcheck.engine.qmp.json.JsonWriter;

/**
 * A client of a monitor, over a real socket. It keeps all messages in the order in which they came,
 * replies and events alike; a message that does not come in 20 s fails the test.
 */
final class MonitorClient implements AutoCloseable {
    private static final int SECONDS = 20;
    private static final String END = "end of the connection";

    private final SocketChannel channel;
    private final OutputStream out;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    /** What came and was not asked for yet. */
    private final List<Map<String, Object>> seen = new ArrayList<>();

    MonitorClient(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        out = Channels.newOutputStream(channel);
        BufferedReader in = new BufferedReader(new InputStreamReader(
                Channels.newInputStream(channel), StandardCharsets.US_ASCII));
        Thread.ofPlatform().daemon().start(() -> receive(in));
    }

    private void receive(BufferedReader in) {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // Closed by the test, or reset by the daemon that ended.
        } finally {
            lines.add(END);
        }
    }

    /** A client that has been greeted and has negotiated. */
    static MonitorClient ready(Path socket) throws Exception {
        MonitorClient client = new MonitorClient(socket);
        client.next();
        assertEquals("{}", client.run("{'execute':'qmp_capabilities'}"));
        return client;
    }

    void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** The next message, whatever it is. */
    Map<String, Object> next() throws InterruptedException {
        return seen.isEmpty() ? receive() : seen.removeFirst();
    }

    /** Whether the daemon closed the connection, everything else having been read. */
    boolean isEnded() throws InterruptedException {
        return END.equals(lines.poll(SECONDS, TimeUnit.SECONDS));
    }

    /** Whether nothing has come that was not asked for. */
    boolean hasNothing() {
        return seen.isEmpty() && lines.isEmpty();
    }

    private Map<String, Object> receive() throws InterruptedException {
        String line = lines.poll(SECONDS, TimeUnit.SECONDS);
        if (line == null || line.equals(END)) {
            return fail("nothing came, or the connection ended; seen: " + seen);
        }
        return object(line);
    }

    static Map<String, Object> object(String text) {
        try {
            Map<String, Object> out = JsonObject.of();
            ((Map<?, ?>) JsonReader.parse(text.getBytes(StandardCharsets.UTF_8)))
                    .forEach((name, value) -> out.put((String) name, value));
            return out;
        } catch (JsonException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @return the value of {@code return} as JSON, or class and text of the error; events that came
     *         before or after stay to be asked for
     */
    String run(String command) throws Exception {
        send(command + "\n");
        return reply();
    }

    String reply() throws InterruptedException {
        List<Map<String, Object>> before = new ArrayList<>();
        Map<String, Object> message = next();
        while (message.containsKey("event")) {
            before.add(message);
            message = next();
        }
        seen.addAll(0, before);
        return text(message);
    }

    /** A command with arguments; members of {@code arguments} as in {@link JsonObject#of}. */
    String run(String name, Object... arguments) throws Exception {
        return run(JsonWriter.line(JsonObject.of("execute", name,
                "arguments", JsonObject.of(arguments))));
    }

    /** The reply of a command as a value; it must not be an error. */
    Object query(String name, Object... arguments) throws Exception {
        send(JsonWriter.line(JsonObject.of("execute", name, "arguments",
                JsonObject.of(arguments))) + "\n");
        Map<String, Object> message = next();
        while (!message.containsKey("return")) {
            assertEquals(true, message.containsKey("event"), message::toString);
            message = next();
        }
        return message.get("return");
    }

    /**
     * Sends a command and collects what comes up to its reply: short names of events, then
     * {@code <reply>} and, until the last of {@code afterwards} has come, those after it.
     */
    List<String> trace(String command, int eventsAfterwards) throws Exception {
        send(command + "\n");
        List<String> trace = new ArrayList<>();
        int left = eventsAfterwards;
        boolean replied = false;
        while (!replied || left > 0) {
            Map<String, Object> message = next();
            if (message.containsKey("event")) {
                trace.add(name(message));
                left -= replied ? 1 : 0;
            } else {
                trace.add(message.containsKey("return") ? "<reply>" : text(message));
                replied = true;
            }
        }
        return trace;
    }

    /** The short names of the events up to one of this name, which have not been asked for yet. */
    List<String> eventsUntil(String last) throws InterruptedException {
        List<String> names = new ArrayList<>();
        do {
            names.add(name(next()));
        } while (!names.getLast().equals(last));
        return names;
    }

    /** The next event that fits; those before it are forgotten. */
    Map<String, Object> event(Predicate<Map<String, Object>> fits) throws InterruptedException {
        Map<String, Object> message = next();
        while (!fits.test(message)) {
            message = next();
        }
        return message;
    }

    /** Forgets what came so far. */
    void forget() {
        seen.clear();
        lines.removeIf(line -> !line.equals(END));
    }

    /** The new status for a change of status, else the name of the event. */
    static String name(Map<String, Object> message) {
        if (message.get("event") instanceof String event) {
            Map<?, ?> data = (Map<?, ?>) message.get("data");
            return event.equals("JOB_STATUS_CHANGE") ? (String) data.get("status") : event;
        }
        return text(message);
    }

    private static String text(Map<String, Object> message) {
        if (message.get("error") instanceof Map<?, ?> error) {
            return error.get("class") + ": " + error.get("desc");
        }
        return JsonWriter.line(message.get("return"));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of one QMP monitor over a unix socket: commands with their replies, and events as they
 * come.
 *
 * <p>Commands may come from several threads; each blocks until its own reply. A thread of the
 * client's own reads the socket and tells the listener of every event, in order; the listener must
 * not send commands.
 */
public final class QmpClient implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final SocketChannel socket;
    private final Consumer<JsonNode> events;
    private final Runnable atEnd;
    private final Map<Long, JsonNode> replies = new HashMap<>();
    private final Map<Long, byte[]> unanswered = new TreeMap<>();
    private final MonitorLog log = new MonitorLog();
    private final Thread reader;
    private long nextId;
    private JsonNode greeting;
    private IOException ended;

    /**
     * Reads the greeting and negotiates, on a connection that is the client's from now on.
     *
     * @param events told of each event object
     * @param atEnd  told once when the connection has ended, from whichever side
     * @throws IOException if the other side does not speak QMP; the connection is closed
     */
    public QmpClient(SocketChannel socket, Consumer<JsonNode> events, Runnable atEnd)
            throws IOException {
        this.socket = socket;
        this.events = events;
        this.atEnd = atEnd;
        reader = Thread.ofPlatform().daemon().name("qmp-reader").start(this::read);
        boolean negotiated = false;
        try {
            awaitGreeting();
            command("qmp_capabilities", Map.of());
            negotiated = true;
        } finally {
            if (!negotiated) {
                socket.close();
            }
        }
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @return the {@code return} member
     * @throws QmpError    if the daemon refuses, with its own text
     * @throws IOException if the connection ended first
     */
    public JsonNode command(String name, Map<String, ?> arguments) throws IOException {
        long id;
        byte[] line;
        synchronized (this) {
            id = nextId++;
            line = line(name, arguments, id);
            unanswered.put(id, line);
        }
        log.sent(name, arguments);
        try {
            send(line);
        } catch (IOException e) {
            // The reader knows why the connection ended; it may be about to say so.
            socket.close();
        }
        JsonNode reply = awaitReply(id, name);
        JsonNode error = reply.get("error");
        if (error != null) {
            throw new QmpError(error.path("class").asString(""), error.path("desc").asString(""));
        }
        return reply.get("return");
    }

    /** No longer than it must be: QEMU reads its monitor byte by byte. */
    private static byte[] line(String name, Map<String, ?> arguments, long id) {
        Map<String, Object> command = new TreeMap<>(Map.of("execute", name, "id", id));
        if (!arguments.isEmpty()) {
            command.put("arguments", arguments);
        }
        return (JSON.writeValueAsString(command) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void send(byte[] line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line);
        synchronized (socket) {
            while (bytes.hasRemaining()) {
                socket.write(bytes);
            }
        }
    }

    private synchronized JsonNode awaitReply(long id, String name) throws IOException {
        while (!replies.containsKey(id)) {
            await("command " + name);
        }
        return replies.remove(id);
    }

    private synchronized void awaitGreeting() throws IOException {
        while (greeting == null) {
            await("the greeting");
        }
    }

    private void await(String what) throws IOException {
        if (ended != null) {
            throw new IOException("monitor: the connection ended before " + what + " was answered: "
                    + ended.getMessage(), ended);
        }
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("monitor: interrupted while waiting for "
                    + what)
                    .initCause(e);
        }
    }

    private void read() {
        IOException end;
        try (InputStream in = Channels.newInputStream(socket);
                MappingIterator<JsonNode> objects = JSON.readerFor(JsonNode.class).readValues(in)) {
            while (objects.hasNextValue()) {
                received(objects.nextValue());
            }
            end = new IOException("closed by the daemon");
        } catch (JacksonException e) {
            end = new IOException(Objects.requireNonNullElse(e.getOriginalMessage(), "closed"), e);
        } catch (IOException e) {
            end = new IOException(Objects.requireNonNullElse(e.getMessage(), "closed"), e);
        }
        synchronized (this) {
            ended = end;
            notifyAll();
        }
        atEnd.run();
    }

    private void received(JsonNode object) throws IOException {
        log.received(object);
        if (object.has("event")) {
            events.accept(object);
            return;
        }
        List<byte[]> lost = List.of();
        synchronized (this) {
            if (object.has("QMP")) {
                lost = greeting == null ? List.of() : List.copyOf(unanswered.values());
                greeting = object.get("QMP");
            } else if (object.path("id").isNumber()) {
                unanswered.remove(object.get("id").asLong());
                replies.put(object.get("id").asLong(), object);
            } else {
                ended = new IOException("unexpected reply " + object);
            }
            notifyAll();
        }
        // QEMU 7.2 and 10.0 greet twice, now and then, a client that comes early, and forget what
        // it said in between.
        for (byte[] line : lost) {
            send(line);
        }
    }

    /** The last that was said, for a reader. */
    String transcript() {
        return log.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import mirrorcheck.engine.qmp.json.JsonWriter;

/**
 * What a client is still to be sent, in the order in which QEMU would send it, and the thread that
 * does so.
 *
 * <p>QEMU has one thread for commands and jobs. So there an event is sent before the reply of a
 * command if the command itself brings it about (created, running), and after it if the job does so
 * in its own time (ready). Here the job has a thread of its own: what it says while a command runs
 * waits until the reply is out (rule JOB-1).
 *
 * <p>Safe for use from any thread; none but {@link #close} waits for the client.
 */
final class Outbox implements AutoCloseable {
    /** What a client that does not read may leave unread, in bytes, before it is given up. */
    private static final long MAX_UNREAD = 64 << 20;
    /** How long the end waits for a client that does not read, in milliseconds. */
    private static final long LAST_WORDS_MILLIS = 1000;

    private final OutputStream client;
    private final boolean pretty;
    private final Runnable onLost;
    private final Thread writer;
    private final Deque<byte[]> lines = new ArrayDeque<>();
    private final List<byte[]> held = new ArrayList<>();
    private long unread;
    private Thread commander;
    private boolean wantsEvents;
    private boolean closed;

    /**
     * Begins to write.
     *
     * @param pretty whether values go over several lines
     * @param onLost called, on any thread, when the client cannot be written to any more
     */
    Outbox(OutputStream client, boolean pretty, Runnable onLost) {
        this.client = client;
        this.pretty = pretty;
        this.onLost = onLost;
        writer = Thread.ofPlatform().daemon().name("monitor-writer").start(this::write);
    }

    /** A message that is neither event nor reply: the greeting, an error of the input. */
    synchronized void message(Object message) {
        add(encode(message));
    }

    /** The negotiation is over: events are sent from now on. */
    synchronized void wantEvents() {
        wantsEvents = true;
    }

    /** A command begins on this thread. */
    synchronized void beginCommand() {
        commander = Thread.currentThread();
    }

    /** Sends the events that were held back for the sake of the reply. */
    synchronized void eventsFirst() {
        held.forEach(this::add);
        held.clear();
    }

    /** The reply of the command; what was held back follows. */
    synchronized void reply(Object reply) {
        add(encode(reply));
        eventsFirst();
        commander = null;
    }

    synchronized void event(Object event) {
        if (!wantsEvents) {
            return;
        }
        byte[] line = encode(event);
        if (commander == null || commander == Thread.currentThread()) {
            // What a job said before this is older, whatever it was held back for.
            eventsFirst();
            add(line);
        } else {
            held.add(line);
        }
    }

    private byte[] encode(Object value) {
        return (JsonWriter.text(value, pretty).replace("\n", "\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void add(byte[] line) {
        if (closed) {
            return;
        }
        unread += line.length;
        lines.add(line);
        notifyAll();
        if (unread > MAX_UNREAD) {
            giveUp();
        }
    }

    private synchronized void giveUp() {
        closed = true;
        lines.clear();
        unread = 0;
        notifyAll();
        onLost.run();
    }

    private void write() {
        try {
            for (byte[] line = next(); line != null; line = next()) {
                client.write(line);
                client.flush();
                written(line);
            }
        } catch (IOException e) {
            giveUp();
        }
    }

    private synchronized byte[] next() {
        boolean interrupted = false;
        while (lines.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return lines.poll();
    }

    private synchronized void written(byte[] line) {
        unread = Math.max(0, unread - line.length);
    }

    /** Ends, once the client has read what it was sent, or has not for a second. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (Thread.currentThread() == writer) {
            return;
        }
        try {
            writer.join(LAST_WORDS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import mirrorcheck.iotests.adapter.Program;

/**
 * A storage daemon that was started for one session, in a directory of its own. What it prints goes
 * to files there; it and its children are gone after {@link #close()}.
 */
public final class Daemon implements AutoCloseable {
    /** How long a daemon may take to create its monitor's socket, or to obey a request to end. */
    private static final long PATIENCE_MILLIS = 10_000;
    private static final long POLL_MILLIS = 2;
    private static final long DYING_MILLIS = 1000;

    private final Program program;
    private final Path socket;
    private final Path pidFile;
    private final boolean announces;
    private final long patienceMillis;

    /**
     * Starts a daemon, whose monitor is to listen at a socket in {@code directory}.
     *
     * @param directory private and empty; sockets and output go there
     * @throws IOException if it cannot be started
     */
    public Daemon(DaemonSettings settings, Path directory) throws IOException {
        this(settings, directory, PATIENCE_MILLIS);
    }

    /** The same, with so much time to end when asked. */
    Daemon(DaemonSettings settings, Path directory, long patienceMillis) throws IOException {
        this.patienceMillis = patienceMillis;
        socket = directory.resolve("qmp.sock");
        pidFile = directory.resolve("pid");
        announces = settings.hasUsualOptions();
        program = new Program(settings.command(socket, pidFile), directory,
                directory.resolve("stderr"), directory.resolve("stdout"));
    }

    /**
     * Connects to the monitor once the daemon says that it has started: QEMU 7.2 and 10.0 forget
     * what an earlier client says, now and then. One that does not say so is connected to as soon
     * as it listens: its socket is there a moment before.
     *
     * @throws IOException if the daemon ended, or did not listen in time
     */
    public SocketChannel connect() throws IOException {
        IOException last = null;
        for (long waited = 0; program.isAlive()
                && waited <= PATIENCE_MILLIS; waited += POLL_MILLIS) {
            if (!announces || Files.exists(pidFile)) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                try {
                    channel.connect(UnixDomainSocketAddress.of(socket));
                    return channel;
                } catch (IOException e) {
                    channel.close();
                    last = e;
                }
            }
            pause();
        }
        throw new IOException("daemon: no monitor at " + socket + ", " + lastWords(), last);
    }

    private void pause() throws IOException {
        try {
            program.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("daemon: interrupted while it started", e);
        }
    }

    /** How it ended and its last words, for messages; says so if it runs. */
    public String lastWords() {
        String said = program.lastWords();
        return said.isEmpty() ? program.end() : program.end() + "; its last words: " + said;
    }

    /**
     * The same once the connection to its monitor has ended: a daemon that dies closes its sockets a
     * moment before.
     */
    String endAndLastWords() {
        try {
            program.await(DYING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return lastWords();
    }

    /** Asks it to end and, if it does not, kills it with its children. Blocks until all are gone. */
    @Override
    public void close() {
        program.terminate();
        try {
            program.await(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            program.close();
        }
    }
}

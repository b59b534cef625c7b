// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A storage daemon that was started for one session, in a directory of its own. What it prints goes
 * to files there; it and its children are gone after {@link #close()}.
 */
final class Daemon implements AutoCloseable {
    /** How long a daemon may take to create its monitor's socket, or to obey a request to end. */
    private static final long PATIENCE_SECONDS = 10;
    private static final long POLL_MILLIS = 2;
    private static final int TAIL_BYTES = 2000;

    private final Process process;
    private final Path stderr;
    private final Path socket;
    private final Path pidFile;
    private final boolean announces;

    /**
     * Starts a daemon, whose monitor is to listen at a socket in {@code directory}.
     *
     * @param directory private and empty; sockets and output go there
     * @throws IOException if it cannot be started
     */
    Daemon(DaemonSettings settings, Path directory) throws IOException {
        socket = directory.resolve("qmp.sock");
        stderr = directory.resolve("stderr");
        pidFile = directory.resolve("pid");
        announces = settings.hasUsualOptions();
        process = new ProcessBuilder(settings.command(socket, pidFile))
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(directory.resolve("stdout").toFile())
                .redirectError(stderr.toFile())
                .start();
    }

    /**
     * Connects to the monitor once the daemon says that it has started: QEMU 7.2 and 10.0 forget
     * what an earlier client says, now and then. One that does not say so is connected to as soon
     * as it listens: its socket is there a moment before.
     *
     * @throws IOException if the daemon ended, or did not listen in time
     */
    SocketChannel connect() throws IOException {
        IOException last = null;
        for (long waited = 0; process.isAlive()
                && waited <= TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS); waited += POLL_MILLIS) {
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
            process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("daemon: interrupted while it started", e);
        }
    }

    /** How it ended and its last words, for messages; says so if it runs. */
    String lastWords() {
        String how = process.isAlive() ? "still running" : describe(process.exitValue());
        String said = tail();
        return said.isEmpty() ? how : how + "; its last words: " + said;
    }

    private static String describe(int exit) {
        return exit > 128 ? "killed by signal " + (exit - 128) : "exit code " + exit;
    }

    private String tail() {
        try {
            byte[] all = Files.readAllBytes(stderr);
            int from = Math.max(0, all.length - TAIL_BYTES);
            return new String(all, from, all.length - from, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Asks it to end and, if it does not, kills it with its children. Blocks until it is gone. */
    @Override
    public void close() {
        List<ProcessHandle> family = process.descendants().toList();
        process.destroy();
        boolean interrupted = false;
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        }
        family.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.engine.nbd.NbdNode;
import mirrorcheck.iotests.adapter.qmp.Daemon;
import mirrorcheck.iotests.adapter.qmp.DaemonSettings;
import mirrorcheck.iotests.adapter.qmp.QmpClient;
import org.HdrHistogram.Histogram;

/** A storage daemon, started anew for each mirror, whose guest writes through an NBD export. */
record LatencyDaemon(String name, DaemonSettings settings) {
    private static final String SOURCE = "source";
    private static final String TARGET = "target";
    private static final String JOB = "copy";

    /** How a copy-mode is spelt in QMP. */
    static String word(CopyMode mode) {
        return Words.of(mode);
    }

    /**
     * Mirrors a raw image to another while a guest writes; then the job completes and the daemon
     * ends, so that both files can be read.
     *
     * @param source    its model is told of the guest's writes
     * @param directory an empty directory with a short path, for sockets
     * @throws IOException if the daemon, the guest or the job failed, with their words
     */
    LatencySample measure(CopyMode mode, GuestLoad load, SourceImage source, Path target,
            Path directory) throws IOException, InterruptedException {
        JobWatch watch = new JobWatch();
        // Closed last: a command that is still unanswered ends with its connection.
        try (ExecutorService commands = Executors.newSingleThreadExecutor();
                Daemon daemon = new Daemon(settings, directory);
                QmpClient monitor = new QmpClient(daemon.connect(), watch::happened,
                        watch::daemonEnded)) {
            add(monitor, SOURCE, source.path());
            add(monitor, TARGET, target);
            try (NbdNode disk = export(monitor, directory.resolve("guest.sock"))) {
                LatencyGuest guest = new LatencyGuest(disk, source.model(), load.seed());
                Histogram alone = write(guest, daemon, load.alone(), () -> true);
                long start = Clock.SYSTEM.nanoTime();
                // What the command itself costs the guest counts, so it does not wait for it.
                Future<?> command = commands.submit(() -> start(monitor, mode, load.speed()));
                Histogram mirrored = write(guest, daemon, load.mirrored(), () -> !watch.isTold()
                        && command.state() != Future.State.FAILED);
                reply(command);
                long ready = watch.awaitReady();
                monitor.command("job-complete", Map.of("id", JOB));
                watch.awaitCompleted();
                return new LatencySample(Percentiles.of(alone), Percentiles.of(mirrored),
                        ready - start);
            }
        } catch (IOException e) {
            throw new IOException(name + ": " + word(mode) + ": " + e.getMessage(), e);
        }
    }

    private static void add(QmpClient monitor, String node, Path path) throws IOException {
        monitor.command("blockdev-add", Map.of("node-name", node, "driver", "raw", "file",
                Map.of("driver", "file", "filename", path.toString())));
    }

    private static NbdNode export(QmpClient monitor, Path socket) throws IOException {
        monitor.command("nbd-server-start", Map.of("addr", Map.of("type", "unix", "data",
                Map.of("path", socket.toString()))));
        monitor.command("block-export-add", Map.of("type", "nbd", "id", "guest", "name", "guest",
                "node-name", SOURCE, "writable", true));
        return NbdNode.connect(NodeOptions.named("guest"), UnixDomainSocketAddress.of(socket),
                "guest");
    }

    private static Void start(QmpClient monitor, CopyMode mode, long speed) throws IOException {
        monitor.command("blockdev-mirror", Map.of("job-id", JOB, "device", SOURCE, "target", TARGET,
                "sync", "full", "copy-mode", word(mode), "speed", speed));
        return null;
    }

    private static Histogram write(LatencyGuest guest, Daemon daemon, long most,
            BooleanSupplier goOn) throws IOException, InterruptedException {
        try {
            return guest.write(most, goOn);
        } catch (BlockException e) {
            throw new IOException("guest write failed: " + e.getMessage() + "; daemon: "
                    + daemon.lastWords(), e);
        }
    }

    private static void reply(Future<?> command) throws IOException, InterruptedException {
        try {
            command.get();
        } catch (ExecutionException e) {
            throw new IOException("blockdev-mirror: " + e.getCause().getMessage(), e);
        }
    }
}

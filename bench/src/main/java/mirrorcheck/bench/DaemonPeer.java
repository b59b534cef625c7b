// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.iotests.adapter.qmp.Daemon;
import mirrorcheck.iotests.adapter.qmp.DaemonSettings;
import mirrorcheck.iotests.adapter.qmp.QmpClient;
import mirrorcheck.iotests.image.ImageModel;

/**
 * A storage daemon, started anew for each copy: the time is from the command {@code
 * blockdev-mirror} to the event that the job is READY, all options at their default.
 *
 * @param warm    whether it has made the same copy once when it is timed: a daemon lives long, and one
 *                that is compiled while it runs is slower at first
 * @param noFlush whether the target is opened with {@code cache.no-flush}: the copy ends in the page
 *         cache then, as that of a program that copies does
 */
record DaemonPeer(String name, DaemonSettings settings, boolean warm, boolean noFlush)
        implements Peer {
    private static final String WARM = "peers-warm";

    @Override
    public boolean takes(PeerCase what) {
        return !(what.direct() && noFlush);
    }

    @Override
    public long copy(PeerCase what, Path source, Path target, Path directory)
            throws IOException, InterruptedException {
        JobWatch watch = new JobWatch();
        try (Daemon daemon = new Daemon(settings, directory);
                QmpClient monitor = new QmpClient(daemon.connect(), watch::happened,
                        watch::daemonEnded)) {
            if (warm) {
                warmUp(monitor, watch, what, source, target.resolveSibling(WARM));
            }
            return mirror(monitor, watch, what, source, target);
        } catch (IOException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    private void warmUp(QmpClient monitor, JobWatch watch, PeerCase what, Path source, Path other)
            throws IOException, InterruptedException {
        try {
            what.formats().target().create(other, new ImageModel(what.formats().source()
                    .length(source)));
            mirror(monitor, watch, what, source, other);
            monitor.command("blockdev-del", Map.of("node-name", "source"));
            monitor.command("blockdev-del", Map.of("node-name", "target"));
        } finally {
            Files.deleteIfExists(other);
        }
    }

    private long mirror(QmpClient monitor, JobWatch watch, PeerCase what, Path source,
            Path target) throws IOException, InterruptedException {
        add(monitor, "source", what.formats().source(), source, what.direct());
        add(monitor, "target", what.formats().target(), target, what.direct());
        long start = Clock.SYSTEM.nanoTime();
        monitor.command("blockdev-mirror", Map.of("job-id", "copy", "device", "source",
                "target", "target", "sync", "full"));
        long ready = watch.awaitReady();
        // The end of the job brings a qcow2 image into order; it is not timed.
        monitor.command("job-complete", Map.of("id", "copy"));
        watch.awaitCompleted();
        return ready - start;
    }

    private void add(QmpClient monitor, String node, ImageFormat format, Path path, boolean direct)
            throws IOException {
        Map<String, Object> cache = Map.of("direct", direct,
                "no-flush", noFlush && node.equals("target"));
        Map<String, Object> options = new HashMap<>(Map.of("node-name", node,
                "driver", format.word(), "cache", cache, "file", Map.of("driver", "file",
                        "filename", path.toString(), "cache", cache)));
        monitor.command("blockdev-add", options);
    }
}

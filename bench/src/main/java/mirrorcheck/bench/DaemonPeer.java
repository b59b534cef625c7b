// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.iotests.adapter.qmp.Daemon;
import mirrorcheck.iotests.adapter.qmp.DaemonSettings;
import mirrorcheck.iotests.adapter.qmp.QmpClient;
import tools.jackson.databind.JsonNode;

/**
 * A storage daemon, started anew for each copy: the time is from the command {@code
 * blockdev-mirror} to the event that the job is READY, all options at their default.
 *
 * @param noFlush whether the target is opened with {@code cache.no-flush}: the copy ends in the page
 *         cache then, as that of a program that copies does
 */
record DaemonPeer(String name, DaemonSettings settings, boolean noFlush) implements Peer {
    private static final long PATIENCE_SECONDS = 600;

    @Override
    public boolean takes(PeerCase what) {
        return !(what.direct() && noFlush);
    }

    @Override
    public boolean wantsTarget() {
        return true;
    }

    @Override
    public long copy(PeerCase what, Path source, Path target, Path directory)
            throws IOException, InterruptedException {
        BlockingQueue<Outcome> outcomes = new ArrayBlockingQueue<>(2);
        try (Daemon daemon = new Daemon(settings, directory);
                QmpClient monitor = new QmpClient(daemon.connect(),
                        event -> happened(event, outcomes),
                        () -> outcomes.offer(new Outcome(0, "the daemon ended")))) {
            add(monitor, "source", what.formats().source(), source, what.direct());
            add(monitor, "target", what.formats().target(), target, what.direct());
            long start = Clock.SYSTEM.nanoTime();
            monitor.command("blockdev-mirror", Map.of("job-id", "copy", "device", "source",
                    "target", "target", "sync", "full"));
            Outcome outcome = outcomes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (outcome == null || outcome.failure() != null) {
                throw new IOException(name + ": not READY: " + (outcome == null
                        ? "nothing said for " + PATIENCE_SECONDS + " s" : outcome.failure()));
            }
            finish(monitor, outcomes);
            return outcome.nanos() - start;
        }
    }

    /** When the job was READY, or why it was not. */
    private record Outcome(long nanos, String failure) {
    }

    private static void happened(JsonNode event, BlockingQueue<Outcome> outcomes) {
        long now = Clock.SYSTEM.nanoTime();
        switch (event.path("event").asString("")) {
            case "BLOCK_JOB_READY" -> outcomes.offer(new Outcome(now, null));
            case "BLOCK_JOB_COMPLETED" -> outcomes.offer(new Outcome(now,
                    event.path("data").path("error").asString("completed")));
            default -> { }
        }
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

    /** The end of the job brings a qcow2 image into order; it is not timed. */
    private void finish(QmpClient monitor, BlockingQueue<Outcome> outcomes)
            throws IOException, InterruptedException {
        monitor.command("job-complete", Map.of("id", "copy"));
        Outcome end = outcomes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (end == null || !"completed".equals(end.failure())) {
            throw new IOException(name + ": the job did not complete: "
                    + (end == null ? "nothing said" : end.failure()));
        }
    }
}

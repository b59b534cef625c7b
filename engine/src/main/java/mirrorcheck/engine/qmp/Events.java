// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.job.JobEvent;
import mirrorcheck.engine.job.JobEvent.Progress;
import mirrorcheck.engine.qmp.json.JsonObject;

/** Tells all sessions what happens. Safe for use from any thread; nothing blocks. */
final class Events {
    private static final int NANOS_PER_MICRO = 1000;

    private final Clock clock;
    private final List<Outbox> sessions = new CopyOnWriteArrayList<>();

    Events(Clock clock) {
        this.clock = clock;
    }

    /** Has a session be told from now on. */
    void add(Outbox session) {
        sessions.add(session);
    }

    void remove(Outbox session) {
        sessions.remove(session);
    }

    /** An event of a mirror. */
    void job(JobEvent event) {
        switch (event) {
            case JobEvent.StatusChange e -> status(e);
            case JobEvent.Ready e -> emit("BLOCK_JOB_READY",
                    progress(e.id(), e.progress(), e.speed()));
            case JobEvent.Cancelled e -> emit("BLOCK_JOB_CANCELLED",
                    progress(e.id(), e.progress(), e.speed()));
            case JobEvent.Completed e -> {
                Map<String, Object> data = progress(e.id(), e.progress(), e.speed());
                if (e.error() != null) {
                    data.put("error", e.error());
                }
                emit("BLOCK_JOB_COMPLETED", data);
            }
            case JobEvent.Pending e -> emit("BLOCK_JOB_PENDING",
                    JsonObject.of("type", "mirror", "id", e.id()));
            case JobEvent.Error e -> emit("BLOCK_JOB_ERROR", JsonObject.of("device", e.id(),
                    "operation", word(e.operation()), "action", word(e.action())));
        }
    }

    /** An event of any other job: it has a status and nothing to do with blocks. */
    void createJob(JobEvent event) {
        if (event instanceof JobEvent.StatusChange change) {
            status(change);
        }
    }

    void exportDeleted(String id) {
        emit("BLOCK_EXPORT_DELETED", JsonObject.of("id", id));
    }

    private void status(JobEvent.StatusChange change) {
        emit("JOB_STATUS_CHANGE",
                JsonObject.of("status", change.status().word(), "id", change.id()));
    }

    private static Map<String, Object> progress(String id, Progress progress, long speed) {
        return JsonObject.of("type", "mirror", "device", id, "len", progress.len(),
                "offset", progress.offset(), "speed", speed);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void emit(String name, Map<String, Object> data) {
        Instant now = clock.wallTime();
        Map<String, Object> event = JsonObject.of(
                "timestamp", JsonObject.of("seconds", now.getEpochSecond(),
                        "microseconds", (long) now.getNano() / NANOS_PER_MICRO),
                "event", name, "data", data);
        sessions.forEach(session -> session.event(event));
    }
}

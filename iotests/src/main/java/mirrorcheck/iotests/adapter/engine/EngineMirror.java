// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import mirrorcheck.engine.job.JobEvent;
import mirrorcheck.engine.job.JobInfo;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.engine.mirror.MirrorArguments;
import mirrorcheck.engine.mirror.MirrorJob;
import mirrorcheck.iotests.adapter.MirrorHandle;

/** A mirror of the engine, spoken to in the words of QMP. */
final class EngineMirror implements MirrorHandle, Consumer<JobEvent> {
    private final Runnable progress;
    private final List<String> events = new ArrayList<>();
    private MirrorJob job;

    EngineMirror(Runnable progress) {
        this.progress = progress;
    }

    void follow(MirrorJob started) {
        job = started;
    }

    @Override
    public void accept(JobEvent event) {
        // A job that ignores one error after another gets nowhere.
        if (!(event instanceof JobEvent.Error)) {
            progress.run();
        }
        synchronized (events) {
            events.add(line(event));
        }
    }

    @Override
    public String id() {
        return job.id();
    }

    @Override
    public Map<String, Object> query() {
        JobInfo info = job.info();
        Map<String, Object> answer = new TreeMap<>(Map.of(
                "status", info.status().word(),
                "len", info.progress().len(),
                "offset", info.progress().offset(),
                "ready", info.ready(),
                "paused", info.paused(),
                "busy", info.busy(),
                "speed", info.speed(),
                "io-status", info.ioStatus().word(),
                "actively-synced", info.activelySynced()));
        if (info.error() != null) {
            answer.put("error", info.error());
        }
        return answer;
    }

    @Override
    public String awaitStatus(Set<String> statuses) throws IOException {
        Set<JobStatus> wanted = EnumSet.noneOf(JobStatus.class);
        for (String status : statuses) {
            wanted.add(MirrorArguments.choice("status", JobStatus.class, status));
        }
        try {
            return job.await(wanted).word();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("job '" + id()
                    + "': interrupted while it was "
                    + job.info().status().word() + ", waiting for " + statuses).initCause(e);
        }
    }

    @Override
    public void verb(String verb, Map<String, Object> arguments) throws IOException {
        switch (verb) {
            case "complete" -> job.complete();
            case "cancel" -> job.cancel((boolean) arguments.getOrDefault("force", false));
            case "pause" -> job.pause();
            case "resume" -> job.resume();
            case "finalize" -> job.finalizeJob();
            case "dismiss" -> job.dismiss();
            case "set-speed" -> job.setSpeed(((Number) arguments.get("speed")).longValue());
            case "change" -> job.changeCopyMode(MirrorArguments.choice("copy-mode", CopyMode.class,
                    (String) arguments.get("copy-mode")));
            default ->
                    throw new IllegalArgumentException("verb '" + verb + "': not a verb of a job");
        }
        progress.run();
    }

    @Override
    public List<String> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    private static String line(JobEvent event) {
        return switch (event) {
            case JobEvent.StatusChange e -> "JOB_STATUS_CHANGE status=" + e.status().word();
            case JobEvent.Ready e -> "BLOCK_JOB_READY" + numbers(e.progress(), e.speed());
            case JobEvent.Pending e -> "BLOCK_JOB_PENDING";
            case JobEvent.Completed e -> "BLOCK_JOB_COMPLETED"
                    + (e.error() == null ? "" : " error=" + e.error())
                    + numbers(e.progress(), e.speed());
            case JobEvent.Cancelled e -> "BLOCK_JOB_CANCELLED" + numbers(e.progress(), e.speed());
            case JobEvent.Error e -> "BLOCK_JOB_ERROR action="
                    + e.action().name().toLowerCase(Locale.ROOT)
                    + " operation=" + e.operation().name().toLowerCase(Locale.ROOT);
        };
    }

    private static String numbers(JobEvent.Progress at, long speed) {
        return " len=" + at.len() + " offset=" + at.offset() + " speed=" + speed;
    }
}

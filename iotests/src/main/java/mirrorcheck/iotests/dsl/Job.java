// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.judge.HarnessError;

/**
 * A mirror that a script started: its verbs, its status and its progress. Verbs are silent; what a
 * script waits for is told as a fact.
 */
public final class Job {
    private static final Set<String> ENDED = Set.of("null", "concluded");
    private final Stage stage;
    private final MirrorHandle handle;
    private final Image source;
    private final Image target;
    private final String title;
    private final Map<String, Object> options;
    private Progress ready;
    private volatile long heldBytes;

    Job(Stage stage, MirrorHandle handle, Image source, Image target, String title, Map<String,
            Object> options) {
        this.stage = stage;
        this.handle = handle;
        this.source = source;
        this.target = target;
        this.title = title;
        this.options = options;
    }

    /** How far a job is, in bytes of work, guest writes included. */
    public record Progress(long len, long offset) {
        @Override
        public String toString() {
            return "len " + Text.size(len) + ", offset " + Text.size(offset);
        }
    }

    /** Blocks until the mirror is ready, and tells it; if it ended instead, that is told. */
    public Job awaitReady() {
        stage.fact("mirror", mustReachReady() ? "ready" : outcome());
        return this;
    }

    /** Blocks until ready, without a word unless it ends instead. */
    boolean mustReachReady() {
        boolean reached = reachReady();
        if (!reached) {
            stage.violation("LIVE-1", title, outcome(), "ready");
        }
        return reached;
    }

    /** Blocks until ready or ended, without a word. */
    boolean reachReady() {
        boolean reached = "ready".equals(await(Set.of("ready")));
        if (reached) {
            ready = getProgress();
        }
        return reached;
    }

    /** Blocks until the status is {@code status}, or the job has ended. */
    public Job awaitStatus(String status) {
        await(Set.of(status));
        return this;
    }

    /**
     * Blocks until no more than {@code bytes} are left to do: len less offset. Needs a job whose
     * work goes on.
     */
    public Job awaitOutstanding(Number bytes) {
        Await.until(stage.context()::progress, () -> {
            String status = getStatus();
            return ENDED.contains(status) || status.equals("aborting")
                    || outstanding() <= bytes.longValue() && getProgress().len() > 0;
        });
        return this;
    }

    /**
     * Blocks until everything the guest did is on the target, but for what {@code duringMirror}
     * holds back.
     */
    public Job settle() {
        return awaitOutstanding(heldBytes);
    }

    /** So many bytes of work cannot end, because a request is held. */
    void holdsBack(long bytes) {
        heldBytes = bytes;
    }

    /** Completes a ready mirror and blocks until it has ended; guests then use the target. */
    public Job complete() {
        finish();
        stage.fact("mirror", outcome());
        if (!succeeded()) {
            stage.violation("LIVE-1", title, outcome(), "completed");
        }
        return this;
    }

    /** Completes and waits, without a word. */
    void finish() {
        if (!ended()) {
            verb("complete", Map.of());
        }
        awaitEnd();
        if (succeeded()) {
            source.pivot(target);
        }
    }

    /**
     * Cancels: once ready and without force, the target is a copy of this moment; else the job is
     * given up.
     */
    public Job cancel(Map<String, ?> given) {
        boolean force = new Options("cancel", given, Set.of("force")).truth("force", false);
        verb("cancel", Map.of("force", force));
        awaitEnd();
        if (succeeded()) {
            target.becomes(source.getModel().copy());
        }
        stage.fact("mirror", outcome());
        return this;
    }

    /** Cancels without force. */
    public Job cancel() {
        return cancel(Map.of());
    }

    /** Pauses; returns when the verb is accepted. */
    public Job pause() {
        return verb("pause", Map.of());
    }

    /** Resumes. */
    public Job resume() {
        return verb("resume", Map.of());
    }

    /** Changes options of the running job: {@code 'copy-mode': 'write-blocking'}. */
    public Job change(Map<String, ?> given) {
        return verb("change",
                new Options("change", given, Set.of("copy-mode")).only(Set.of("copy-mode")));
    }

    /** Sets the speed limit in bytes per second; 0 is none. */
    public Job setSpeed(Number bytesPerSecond) {
        return verb("set-speed", Map.of("speed", bytesPerSecond.longValue()));
    }

    /** Len and offset now. */
    public Progress getProgress() {
        Map<String, Object> query = query();
        return new Progress(number(query, "len"), number(query, "offset"));
    }

    /** Len and offset when it became ready; null if it never did. */
    public Progress getProgressAtReady() {
        return ready;
    }

    /** The status now. */
    public String getStatus() {
        return String.valueOf(query().get("status"));
    }

    /** The events so far, without timestamps. */
    public List<String> getEvents() {
        return handle.events();
    }

    Image source() {
        return source;
    }

    Image target() {
        return target;
    }

    /** The arguments it was started with, as they are spelt in QMP. */
    Map<String, Object> options() {
        return options;
    }

    boolean succeeded() {
        return ended() && outcome().equals("completed");
    }

    /** {@code completed}, or {@code failed} and the implementation's own text. */
    String outcome() {
        Object error = query().get("error");
        if ("Operation canceled".equals(error)) {
            return "cancelled";
        }
        return error == null ? "completed" : "failed: " + error;
    }

    private boolean ended() {
        return ENDED.contains(getStatus());
    }

    private void awaitEnd() {
        await(ENDED);
    }

    private Job verb(String verb, Map<String, Object> arguments) {
        return stage.trying(verb, () -> {
            handle.verb(verb, arguments);
            return this;
        });
    }

    private String await(Set<String> statuses) {
        return stage.trying(title, () -> handle.awaitStatus(statuses));
    }

    private Map<String, Object> query() {
        try {
            return handle.query();
        } catch (IOException e) {
            throw new HarnessError(title + ": " + e.getMessage(), e);
        }
    }

    private long outstanding() {
        try {
            return handle.outstanding();
        } catch (IOException e) {
            throw new HarnessError(title + ": " + e.getMessage(), e);
        }
    }

    private static long number(Map<String, Object> query, String name) {
        return query.get(name) instanceof Number number ? number.longValue() : 0;
    }

    @Override
    public String toString() {
        return title;
    }
}

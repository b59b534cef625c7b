// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.adapter.MirrorHandle;

/**
 * A mirror that a script started: its verbs, its status and its progress. Verbs are silent; what a
 * script waits for is told as a fact.
 */
public final class Job {
    private static final Set<String> ENDED = Set.of("null", "concluded");
    private static final Set<String> READY_OR_ENDED = Set.of("ready", "null", "concluded");

    private static final Set<String> GOES_ON = Set.of("undefined", "created", "running", "ready");

    private final Stage stage;
    private final MirrorHandle handle;
    private final Image source;
    private final Image target;
    private final String title;
    private final Map<String, Object> options;
    private Progress ready;
    private boolean pivots;
    private boolean asked;
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
     * Blocks until everything that was asked for is done, or one of {@code traps} has caught a
     * request, or the job goes on no more: it is paused, or has ended.
     */
    public Job settleOrCatch(Held... traps) {
        Await.until(stage.context()::progress, () -> {
            for (Held trap : traps) {
                if (trap.getCaught() > 0) {
                    return true;
                }
            }
            Map<String, Object> now = query();
            boolean begun = number(now, "len") > 0 || Boolean.TRUE.equals(now.get("ready"));
            return !GOES_ON.contains(String.valueOf(now.get("status")))
                    || begun && outstanding() <= 0;
        });
        return this;
    }

    /** Blocks until it does nothing: it waits for its rate, for a request or for its user. */
    public Job awaitIdle() {
        Await.until(stage.context()::progress, () -> Boolean.FALSE.equals(query().get("busy")));
        return this;
    }

    /** Blocks until so many bytes of work are done, or the job has ended. */
    public Job awaitOffset(Number bytes) {
        Await.until(stage.context()::progress, () ->
                getProgress().offset() >= bytes.longValue() || ended());
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
        await(ENDED);
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
        await(ENDED);
        if (succeeded()) {
            target.becomes(source.getModel().copy());
        }
        stage.fact("mirror", outcome());
        return this;
    }

    /** Asks a ready mirror to complete, and does not wait; {@link #awaitEnd} does. */
    public Job askComplete() {
        pivots = true;
        asked = true;
        return verb("complete", Map.of());
    }

    /** Asks it to cancel, by force or not, and does not wait. */
    public Job askCancel(Map<String, ?> given) {
        boolean force = new Options("askCancel", given, Set.of("force")).truth("force", false);
        asked = true;
        return verb("cancel", Map.of("force", force));
    }

    /** Asks it to cancel without force, and does not wait. */
    public Job askCancel() {
        return askCancel(Map.of());
    }

    /** Lets a pending mirror end, as asked before. */
    public Job finalizeJob() {
        return verb("finalize", Map.of());
    }

    /** Blocks until it has ended as asked, and tells how. */
    public Job awaitEnd() {
        return awaitEnd(Map.of());
    }

    /**
     * Blocks until it has ended, and tells how; {@code expect:} completed, cancelled or failed says
     * how it must, by the rule {@code rule:}, LIVE-1 unless told. A job that becomes ready, though
     * nobody has asked it to end, does not end by itself; nor does one that has told of more than
     * {@code errors:} errors, which is then cancelled by force.
     */
    public Job awaitEnd(Map<String, ?> given) {
        Options options = new Options("awaitEnd", given, Set.of("expect", "rule", "errors"));
        String expected = options.choice("expect",
                List.of("completed", "cancelled", "failed"), null);
        String seen = options.has("errors") ? endUnlessErrors(options.number("errors", 0))
                : endUnlessReady();
        if (seen == null) {
            tellEnd();
            seen = outcome();
        } else {
            stage.fact("mirror", seen);
        }
        if (!ended() || expected != null && !seen.startsWith(expected)) {
            stage.violation(options.text("rule", "LIVE-1"), title, seen,
                    expected == null ? "its end" : expected);
        }
        return this;
    }

    /** Blocks until it has ended: null; or is ready without having been asked to end. */
    private String endUnlessReady() {
        boolean mayBeReady = ready == null && !asked;
        return "ready".equals(await(mayBeReady ? READY_OR_ENDED : ENDED)) ? "ready" : null;
    }

    /** Blocks until it has ended: null; or there were too many errors, and it is cancelled. */
    private String endUnlessErrors(long most) {
        Await.until(stage.context()::progress, () -> ended() || errors() > most);
        if (ended()) {
            return null;
        }
        verb("cancel", Map.of("force", true));
        await(ENDED);
        return "more than " + most + " errors and no end";
    }

    private long errors() {
        return getEvents().stream().filter(event -> event.startsWith("BLOCK_JOB_ERROR")).count();
    }

    private void tellEnd() {
        if (succeeded()) {
            if (pivots) {
                source.pivot(target);
            } else {
                target.becomes(source.getModel().copy());
            }
        }
        stage.fact("mirror", outcome());
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

    private Job verb(String verb, Map<String, Object> arguments) {
        return stage.trying(verb, () -> {
            handle.verb(verb, arguments);
            return this;
        });
    }

    private String await(Set<String> statuses) {
        return stage.trying(title, () -> handle.awaitStatus(statuses));
    }

    Map<String, Object> query() {
        return stage.asking(title, handle::query);
    }

    private long outstanding() {
        return stage.asking(title, handle::outstanding);
    }

    private static long number(Map<String, Object> query, String name) {
        return query.get(name) instanceof Number number ? number.longValue() : 0;
    }

    @Override
    public String toString() {
        return title;
    }
}

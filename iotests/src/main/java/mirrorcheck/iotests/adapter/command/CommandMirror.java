// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.command;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Program;

/**
 * A program's run, as the job of a mirror: running while the program runs, ready when it has ended
 * with exit code 0, and gone once completed. Any other exit code is a job that failed; its error is
 * the code and the program's last words. Safe for use from any thread.
 */
final class CommandMirror implements MirrorHandle {
    private static final String RUNNING = "running";
    private static final String READY = "ready";
    private static final String GONE = "null";
    private static final String CANCELLED = "Operation canceled";

    private final String id;
    private final long length;
    private volatile Program program;
    private String status = RUNNING;
    private String error;
    private boolean copied;

    /**
     * A job whose program is about to be started.
     *
     * @param length bytes of the source
     */
    CommandMirror(String id, long length) {
        this.id = id;
        this.length = length;
    }

    /** Follows the program that copies; called once. */
    void started(Program running) {
        program = running;
        running.onEnd(this::ended);
    }

    private void ended(int exit) {
        String words = program.lastWords();
        synchronized (this) {
            copied = exit == 0 && error == null;
            status = copied ? READY : GONE;
            if (exit != 0 && error == null) {
                String how = exit > 128 ? "killed by signal " + (exit - 128) : "exit code " + exit;
                error = words.isEmpty() ? how + ", without a word" : how + ": " + words;
            }
            notifyAll();
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public synchronized Map<String, Object> query() {
        Map<String, Object> facts = new TreeMap<>(Map.of("status", status, "len", length,
                "offset", copied ? length : 0L, "ready", status.equals(READY), "paused", false,
                "busy", status.equals(RUNNING), "speed", 0L, "io-status", "ok"));
        if (error != null) {
            facts.put("error", error);
        }
        return facts;
    }

    @Override
    public synchronized String awaitStatus(Set<String> statuses) throws IOException {
        try {
            while (!statuses.contains(status) && !status.equals(GONE)) {
                wait();
            }
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("job '" + id + "': interrupted while it "
                    + "was " + status + ", waiting for " + statuses + "; the last words of the "
                    + "program: " + program.lastWords()).initCause(e);
        }
    }

    @Override
    public void verb(String verb, Map<String, Object> arguments) throws IOException {
        switch (verb) {
            case "complete" -> complete();
            case "cancel" -> cancel((boolean) arguments.getOrDefault("force", false));
            default -> throw new IOException("job '" + id + "': " + verb
                    + ": a program that copies has no such verb");
        }
    }

    private synchronized void complete() throws IOException {
        if (!status.equals(READY)) {
            throw new IOException("job '" + id + "': complete: not ready: " + status);
        }
        status = GONE;
        notifyAll();
    }

    private void cancel(boolean force) {
        synchronized (this) {
            if (status.equals(RUNNING) || force && status.equals(READY)) {
                error = CANCELLED;
            }
            if (status.equals(READY)) {
                status = GONE;
                notifyAll();
                return;
            }
        }
        program.close();
    }

    /** A program sends none. */
    @Override
    public List<String> events() {
        return List.of();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.host.Clock;
import tools.jackson.databind.JsonNode;

/**
 * What a monitor tells of the one job of a daemon, and when. The monitor's thread tells it, another
 * one waits.
 */
final class JobWatch {
    private static final long PATIENCE_SECONDS = 600;
    /** READY, the end of the job and the end of the daemon. */
    private static final int MOST_OUTCOMES = 3;

    /** When the job was READY, or why it was not. */
    private record Outcome(long nanos, String failure) {
    }

    private final BlockingQueue<Outcome> outcomes = new ArrayBlockingQueue<>(MOST_OUTCOMES);
    private volatile boolean told;

    /** An event came. */
    void happened(JsonNode event) {
        long now = Clock.SYSTEM.nanoTime();
        switch (event.path("event").asString("")) {
            case "BLOCK_JOB_READY" -> tell(new Outcome(now, null));
            case "BLOCK_JOB_COMPLETED" -> tell(new Outcome(now,
                    event.path("data").path("error").asString("completed")));
            default -> { }
        }
    }

    /** The connection to the monitor ended. */
    void daemonEnded() {
        tell(new Outcome(0, "the daemon ended"));
    }

    private void tell(Outcome outcome) {
        outcomes.offer(outcome);
        told = true;
    }

    /** Whether the job was READY or failed, or its daemon ended. Does not block. */
    boolean isTold() {
        return told;
    }

    /**
     * Blocks until the job is READY, 600 s at most.
     *
     * @return when that was, in nanoseconds of {@link Clock#SYSTEM}
     * @throws IOException if the job ended first, or its daemon, or nothing was told in time
     */
    long awaitReady() throws IOException, InterruptedException {
        Outcome outcome = outcomes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (outcome == null || outcome.failure() != null) {
            throw new IOException("not READY: " + (outcome == null
                    ? "nothing said for " + PATIENCE_SECONDS + " s" : outcome.failure()));
        }
        return outcome.nanos();
    }

    /**
     * Blocks until the job that was READY has completed, 600 s at most.
     *
     * @throws IOException if it failed, or its daemon ended, or nothing was told in time
     */
    void awaitCompleted() throws IOException, InterruptedException {
        Outcome end = outcomes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (end == null || !"completed".equals(end.failure())) {
            throw new IOException("the job did not complete: "
                    + (end == null ? "nothing said" : end.failure()));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import mirrorcheck.engine.host.Clock;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a job's events come to, and what is said of a job that went wrong. */
class JobWatchTest {
    private final JobWatch watch = new JobWatch();

    private void event(String json) {
        watch.happened(new JsonMapper().readTree(json));
    }

    @Test
    void aJobIsReadyAndCompletes() throws IOException, InterruptedException {
        event("{\"event\": \"JOB_STATUS_CHANGE\", \"data\": {\"status\": \"running\"}}");
        assertFalse(watch.isTold());

        long before = Clock.SYSTEM.nanoTime();
        event("{\"event\": \"BLOCK_JOB_READY\", \"data\": {\"device\": \"copy\"}}");
        assertTrue(watch.isTold());
        assertTrue(watch.awaitReady() - before >= 0);

        event("{\"event\": \"BLOCK_JOB_COMPLETED\", \"data\": {\"device\": \"copy\"}}");
        watch.awaitCompleted();
    }

    @Test
    void aJobThatFailsIsNotReady() {
        event("{\"event\": \"BLOCK_JOB_COMPLETED\", \"data\": {\"error\": \"No space left\"}}");

        assertEquals("not READY: No space left",
                assertThrows(IOException.class, watch::awaitReady).getMessage());
    }

    @Test
    void aDaemonThatEndsLeavesItsJobUncompleted() throws IOException, InterruptedException {
        event("{\"event\": \"BLOCK_JOB_READY\", \"data\": {\"device\": \"copy\"}}");
        watch.awaitReady();
        watch.daemonEnded();

        assertEquals("the job did not complete: the daemon ended",
                assertThrows(IOException.class, watch::awaitCompleted).getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which lives of a job are legal. */
class LifeCycleTest {
    private static String mistake(String statuses) {
        return LifeCycle.mistake(Stream.of(statuses.split(" "))
                .map(status -> "JOB_STATUS_CHANGE status=" + status).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"created running ready waiting pending concluded null",
        "created running paused running ready standby ready waiting pending concluded null",
        "created running aborting concluded null", "created null"})
    void legal(String statuses) {
        assertNull(mistake(statuses));
    }

    @Test
    void illegal() {
        assertEquals("goes from nothing to running", mistake("running"));
        assertEquals("goes from paused to ready", mistake("created running paused ready"));
        assertEquals("goes from concluded to running",
                mistake("created running aborting concluded running"));
        assertEquals("ready more than once", LifeCycle.mistake(
                List.of("BLOCK_JOB_READY len=1 offset=1 speed=0", "BLOCK_JOB_READY")));
        assertEquals("did more than there was to do: BLOCK_JOB_READY len=1 offset=2 speed=0",
                LifeCycle.mistake(List.of("BLOCK_JOB_READY len=1 offset=2 speed=0")));
    }
}

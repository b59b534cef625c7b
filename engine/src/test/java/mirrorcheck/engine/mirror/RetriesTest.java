// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import mirrorcheck.engine.host.SimClock;
import org.junit.jupiter.api.Test;

/** How long a request that failed waits before it is tried again (rule ERROR-4). */
class RetriesTest {
    private static final long MILLI = 1_000_000;

    private final SimClock clock = SimClock.standing();
    private final Retries retries = new Retries(clock);

    @Test
    void theFirstTryWaitsForNothing() {
        assertEquals(0, retries.delay());
    }

    @Test
    void eachFailureDoublesTheWaitUpToASecond() {
        for (long millis : new long[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1000}) {
            retries.failed();
            assertEquals(millis * MILLI, retries.delay());
        }
    }

    @Test
    void theWaitGoesByAndASuccessForgetsIt() {
        retries.failed();
        retries.failed();
        clock.advance(Duration.ofMillis(1));
        assertEquals(MILLI, retries.delay());

        retries.succeeded();
        assertEquals(0, retries.delay());
        retries.failed();
        assertEquals(MILLI, retries.delay());
    }
}

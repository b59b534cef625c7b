// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rate limit with the time given by hand (rule SPEED-1). */
class RateLimitTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_000 * SECOND, -1_000 * SECOND, Long.MAX_VALUE - SECOND,
            Long.MIN_VALUE})
    void firstWorkIsFreeAndTheNextWaitsForItWhateverTheClockShows(long start) {
        RateLimit limit = new RateLimit(4 << 20);

        assertEquals(0, limit.delay(start));
        limit.charge(16 << 20, start);
        assertEquals(4 * SECOND, limit.delay(start));
        assertEquals(SECOND, limit.delay(start + 3 * SECOND));
        assertEquals(0, limit.delay(start + 4 * SECOND));
    }

    @Test
    void idleTimeIsNotSavedUp() {
        RateLimit limit = new RateLimit(100);
        limit.charge(100, 0);
        limit.charge(100, 10 * SECOND);

        assertEquals(SECOND, limit.delay(10 * SECOND));
    }

    @Test
    void averageIsExactOverManySmallCharges() {
        RateLimit limit = new RateLimit(1000);
        for (int i = 0; i < 500; i++) {
            limit.charge(10, 0);
        }

        assertEquals(5 * SECOND, limit.delay(0));
    }

    @Test
    void newSpeedForgivesTheDebt() {
        RateLimit limit = new RateLimit(1);
        limit.charge(1 << 20, 0);
        limit.setSpeed(1 << 20);

        assertEquals(0, limit.delay(0));
        limit.charge(1 << 20, 0);
        assertEquals(SECOND, limit.delay(0));
    }

    @Test
    void noLimitChargesNothing() {
        RateLimit limit = new RateLimit(0);
        limit.charge(Long.MAX_VALUE, 0);

        assertEquals(0, limit.delay(0));
    }

    @Test
    void hugeChargesAtTheLowestSpeedNeverOverflow() {
        RateLimit limit = new RateLimit(1);
        for (int i = 0; i < 20; i++) {
            limit.charge(Long.MAX_VALUE, 5);
        }

        assertEquals(1L << 61, limit.delay(5));
    }
}

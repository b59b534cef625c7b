// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import mirrorcheck.engine.schedule.Explorer.Broken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine comes well out of large scenarios, each under one schedule at random. */
@Timeout(120)
class StormTest {
    private static final int STORMS = Integer.getInteger("schedule.storms", 1000);

    @Test
    void endsWellWhateverHappens() {
        storms(STORMS);
    }

    /** Seeds 1 to {@code count}, each for the scenario and its schedule. */
    static int storms(int count) {
        int most = 0;
        for (long seed = 1; seed <= count; seed++) {
            Explorer explorer = new Explorer(new Storm(seed));
            try {
                explorer.walk(seed);
            } catch (Broken e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            most = Math.max(most, explorer.mostDecisions());
        }
        assertTrue(most > 100, "decisions of the longest: " + most);
        return most;
    }

    @Test
    void aWalkThatGoesWrongCanBeHadAgainFromTheTextOfItsSchedule() {
        Explorer explorer = new Explorer(BrokenEngine.CLEANED_AFTER_COPY.scenario());
        Broken found = assertThrows(Broken.class, () -> {
            for (long seed = 1; seed <= 1000; seed++) {
                explorer.walk(seed);
            }
        });
        Broken again = assertThrows(Broken.class,
                () -> explorer.replay(Schedule.parse(found.schedule().toString())));
        assertEquals(found.getMessage(), again.getMessage());
    }
}

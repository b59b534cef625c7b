// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine comes well out of every race, under every schedule with at most two deviations. */
@Timeout(120)
class RaceTest {
    private static final int BOUND = Integer.getInteger("schedule.bound", 2);

    @ParameterizedTest
    @EnumSource
    void endsWellUnderEverySchedule(Race race) {
        Explorer explorer = new Explorer(race.scenario());
        explorer.searchAll(BOUND);

        assertTrue(explorer.schedules() > 20, "schedules: " + explorer.schedules());
    }
}

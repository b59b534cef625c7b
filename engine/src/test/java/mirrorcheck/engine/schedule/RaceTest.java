// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import mirrorcheck.engine.host.Clock;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine comes well out of every race, under every schedule within a bound. */
@Timeout(300)
class RaceTest {
    private static final int BOUND = Integer.getInteger("schedule.bound", 1);

    @ParameterizedTest
    @EnumSource
    void endsWellUnderEverySchedule(Race race) {
        Explorer explorer = new Explorer(race.scenario());
        long begin = Clock.SYSTEM.nanoTime();
        explorer.searchAll(BOUND);
        System.out.println(race + " " + explorer.schedules() + " " + explorer.mostDecisions() + " "
                + (Clock.SYSTEM.nanoTime() - begin) / 1000 + " us");
        assertTrue(explorer.schedules() > 20, "schedules: " + explorer.schedules());
    }
}

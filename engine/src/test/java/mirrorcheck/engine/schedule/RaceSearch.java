// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.util.Locale;
import mirrorcheck.engine.host.Clock;
import org.junit.jupiter.api.Test;

/**
 * Searches further than a build has time for, and says how far. Not part of a build; see
 * CONTRIBUTING.md.
 */
class RaceSearch {
    private static final int BOUND = Integer.getInteger("schedule.bound", 3);
    private static final int STORMS = Integer.getInteger("schedule.storms", 20_000);

    @Test
    void searchEveryRace() {
        System.out.println("| race | decisions | schedules | seconds |\n|---|---|---|---|");
        long all = 0;
        for (Race race : Race.values()) {
            long begin = Clock.SYSTEM.nanoTime();
            Explorer explorer = new Explorer(race.scenario());
            explorer.searchAll(BOUND);
            all += explorer.schedules();
            System.out.printf(Locale.ROOT, "| %s | %d | %d | %.1f |%n", race,
                    explorer.mostDecisions(), explorer.schedules(),
                    (Clock.SYSTEM.nanoTime() - begin) / 1e9);
        }
        System.out.println("at most " + BOUND + " deviations, schedules: " + all);
    }

    @Test
    void walkThroughStorms() {
        long begin = Clock.SYSTEM.nanoTime();
        int most = StormTest.storms(STORMS);
        System.out.printf(Locale.ROOT, "storms: %d, decisions of the longest: %d, seconds: %.1f%n",
                STORMS, most, (Clock.SYSTEM.nanoTime() - begin) / 1e9);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import mirrorcheck.engine.schedule.Explorer.Broken;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The search finds what is wrong with an engine, and what it found can be had again. */
@Timeout(120)
class BrokenEngineTest {
    /** One of them needs three. */
    private static final int BOUND = 3;

    @ParameterizedTest
    @EnumSource
    void isFoundAndFoundAgainFromTheTextOfItsSchedule(BrokenEngine engine) {
        Broken found = assertThrows(Broken.class,
                () -> new Explorer(engine.scenario()).searchAll(BOUND));
        assertTrue(found.getMessage().contains(engine.complaint()), found::getMessage);

        Schedule schedule = Schedule.parse(found.schedule().toString());
        assertEquals(found.schedule(), schedule);
        for (int i = 0; i < 2; i++) {
            Broken again = assertThrows(Broken.class,
                    () -> new Explorer(engine.scenario()).replay(schedule));
            assertEquals(found.getMessage(), again.getMessage());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Request.Kind;
import mirrorcheck.engine.driver.ThrottleGroup.Rates;
import mirrorcheck.engine.host.SimClock;
import org.junit.jupiter.api.Test;

class ThrottleGroupTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void readsAndWritesMayHaveLimitsOfTheirOwn() throws Exception {
        ThrottleGroup group = new ThrottleGroup(new Rates(0, 1000, 100), Rates.NONE,
                SimClock.jumping());
        assertEquals(0, group.charge(Kind.READ, 1000));
        assertEquals(0, group.charge(Kind.WRITE, 200));
        assertEquals(SECOND, group.charge(Kind.READ, 1000));
        assertEquals(2 * SECOND, group.charge(Kind.WRITE_ZEROES, 100));
        assertEquals(3 * SECOND, group.charge(Kind.DISCARD, 100));
    }

    @Test
    void operationsAreCountedWhateverTheirSize() throws Exception {
        ThrottleGroup group = new ThrottleGroup(Rates.NONE, Rates.total(10), SimClock.jumping());
        assertEquals(0, group.charge(Kind.READ, 1 << 20));
        assertEquals(SECOND / 10, group.charge(Kind.WRITE, 1));
        assertEquals(SECOND / 5, group.charge(Kind.FLUSH, 0));
        assertEquals(SECOND / 5, group.charge(Kind.READ, 1));
    }

    @Test
    void theSlowestLimitDecides() throws Exception {
        ThrottleGroup group = new ThrottleGroup(Rates.total(1000), Rates.total(1),
                SimClock.jumping());
        assertEquals(0, group.charge(Kind.READ, 5000));
        assertEquals(5 * SECOND, group.charge(Kind.READ, 1));
        assertEquals(6 * SECOND, group.charge(Kind.READ, 1));
    }

    @Test
    void refusesLimitsThatContradict() {
        assertRefused(new Rates(5, 5, 0), "bps/iops/max total values and read/write values cannot "
                + "be used at the same time");
        assertRefused(Rates.total(-5), "bps/iops/max values must be within [0, 1000000000000000]");
        assertRefused(Rates.total(ThrottleGroup.MAX_LIMIT + 1),
                "bps/iops/max values must be within [0, 1000000000000000]");
    }

    private static void assertRefused(Rates rates, String message) {
        assertEquals(message, assertThrows(BlockException.class, () ->
                new ThrottleGroup(rates, Rates.NONE, SimClock.jumping())).getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What is red and what is not. */
class VerdictTest {
    private static final int FORKS = 6;
    private static final long SEED = 20251125;

    private static Measured measured(long writes, List<Double> ratios) {
        return new Measured(Map.of("dataWrites", writes), ratios);
    }

    /** Ratios around {@code middle} that spread by 2 %. */
    private static List<Double> ratios(Random random, double middle) {
        return DoubleStream.generate(() -> middle * (1 + 0.02 * random.nextGaussian()))
                .limit(FORKS).boxed().toList();
    }

    @Test
    void chanceIsExact() {
        assertEquals(0.5, RankTest.higher(List.of(1.0), List.of(2.0)), 1e-12);
        assertEquals(1, RankTest.higher(List.of(2.0), List.of(1.0)), 1e-12);
        assertEquals(1, RankTest.higher(List.of(1.0, 1.0), List.of(1.0, 1.0)), 1e-12);
        assertEquals(1 / 20.0, RankTest.higher(List.of(1.0, 2.0, 3.0), List.of(4.0, 5.0, 6.0)),
                1e-12);
        assertEquals(2 / 20.0, RankTest.higher(List.of(1.0, 2.0, 4.0), List.of(3.0, 5.0, 6.0)),
                1e-12);
    }

    @Test
    void oneMoreWriteIsRed() {
        List<Double> same = List.of(1.0, 1.1);
        Verdict verdict = Verdict.of("dense", measured(256, same), measured(257, same), true);

        assertTrue(verdict.isRed());
        assertEquals("counts differ: dataWrites: 256 -> 257", verdict.summary());
    }

    @Test
    void aMirrorThatTheBaselineLacksIsRed() {
        assertTrue(Verdict.of("dense", null, measured(256, List.of(1.0)), true).isRed());
    }

    @Test
    void onAnotherMachineOnlyCountsAreJudged() {
        List<Double> fast = List.of(1.0, 1.1, 1.2, 1.0, 1.1, 1.2);
        List<Double> slow = fast.stream().map(ratio -> ratio * 3).toList();

        assertTrue(Verdict.of("dense", measured(256, fast), measured(256, slow), true).isRed());
        assertFalse(Verdict.of("dense", measured(256, fast), measured(256, slow), false).isRed());
        assertTrue(Verdict.of("dense", measured(256, fast), measured(255, fast), false).isRed());
    }

    @Test
    void noiseIsGreenAndAQuarterIsRed() {
        Random random = new Random(SEED);
        for (int gate = 0; gate < 200; gate++) {
            Measured before = measured(256, ratios(random, 1.3));

            assertFalse(Verdict.of("dense", before, measured(256, ratios(random, 1.3)), true)
                    .isRed(), "seed " + SEED + ", gate " + gate);
            assertEquals("slower", Verdict.of("dense", before,
                    measured(256, ratios(random, 1.3 * 1.25)), true).summary().substring(0, 6),
                    "seed " + SEED + ", gate " + gate);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.Test;

/** What is called simpler is another history, and simplifying always comes to an end. */
class SimplerTest {
    private static final int SEEDS = 40;
    private static final int ENOUGH = 2000;

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whateverIsTakenAwayComesToAnEnd(Kind kind) {
        for (long seed = 0; seed < SEEDS; seed++) {
            History history = Generator.make(kind, seed);
            Set<History> seen = new HashSet<>();
            History least = new Shrinker<History>(seen::add, ENOUGH)
                    .simplest(history, Simpler::of);
            assertTrue(seen.size() < ENOUGH, "seed " + seed);
            assertEquals(Map.of("sync", "full"), least.configuration().mirror(), "seed " + seed);
            assertEquals(64 << 10, least.configuration().bytes(), "seed " + seed);
            assertEquals(List.of(), least.configuration().layout(), "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyCandidateDiffersAndStaysInsideOfItsImage(Kind kind) {
        for (long seed = 0; seed < SEEDS; seed++) {
            History history = Generator.make(kind, seed);
            Simpler.of(history).forEach(simpler -> {
                assertNotEquals(history, simpler);
                long size = simpler.configuration().bytes();
                for (Step step : simpler.steps()) {
                    if (step instanceof Step.Ranged ranged && ranged.range().bytes() > 0) {
                        assertTrue(ranged.range().end() <= size, simpler::toString);
                    }
                }
            });
        }
    }

    @Test
    void anUnalignedRangeBecomesAChunk() {
        Step.Guest write = Step.Guest.write(new Range(70_001, 3), 7);
        History history = new History(Kind.WRITES, 1, new Configuration(128 << 10, List.of(), false,
                Map.of(), Map.of(), Map.of("sync", "full")), List.of(new Step.Start(), write));
        History least = new Shrinker<History>(one -> one.steps().getLast() instanceof Step.Guest
                guest && guest.range().overlaps(new Range(70_001, 3)), 100)
                .simplest(history, Simpler::of);
        assertEquals(Step.Guest.write(new Range(65536, 65536), 7), least.steps().getLast());
    }
}

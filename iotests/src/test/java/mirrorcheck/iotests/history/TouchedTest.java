// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.history.Step.Action;
import org.junit.jupiter.api.Test;

/** How much a target that was one hole may have allocated. */
class TouchedTest {
    private static final long CHUNK = 64 << 10;

    private static Touched touched(long bytes, Map<String, Object> target) {
        return new Touched(new Configuration(bytes, List.of(new Configuration.Piece("write",
                new Range(CHUNK - 1, 2))), false, Map.of(), target, Map.of("sync", "full")));
    }

    @Test
    void chunksWithDataCountWhole() {
        Touched touched = touched(8 * CHUNK, Map.of());
        assertEquals(2 * CHUNK, touched.most());
        touched.by(Step.Guest.write(new Range(4 * CHUNK + 5, 1), 1), false);
        touched.by(Step.Guest.of(Action.READ, new Range(5 * CHUNK, 1)), false);
        touched.by(Step.Guest.of(Action.DISCARD, new Range(5 * CHUNK, 1)), false);
        assertEquals(3 * CHUNK, touched.most());
    }

    @Test
    void zeroesCostNothingOnlyAtOnceAndWhereAllIsZero() {
        Touched touched = touched(8 * CHUNK, Map.of());
        touched.by(Step.Guest.of(Action.ZEROES, new Range(4 * CHUNK, 2 * CHUNK)), true);
        assertEquals(2 * CHUNK, touched.most());
        touched.by(Step.Guest.of(Action.ZEROES, new Range(CHUNK, 2 * CHUNK)), true);
        assertEquals(3 * CHUNK, touched.most());
        touched.by(Step.Guest.of(Action.ZEROES, new Range(7 * CHUNK, 1)), false);
        assertEquals(4 * CHUNK, touched.most());
    }

    @Test
    void aPartialLastChunkAlwaysCounts() {
        assertEquals(3 * CHUNK, touched(8 * CHUNK + 512, Map.of()).most());
    }

    @Test
    void nothingIsKnownOfATargetThatWasNoHole() {
        assertEquals(-1, touched(8 * CHUNK, Map.of("creation", "full")).most());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is left of a list and of a value when it was shrunk, and how often that asked. */
class ShrinkerTest {
    private static final List<Integer> HUNDRED = IntStream.range(0, 100).boxed().toList();
    private final List<List<Integer>> asked = new ArrayList<>();

    private List<Integer> fewest(Predicate<List<Integer>> fails, int most) {
        return new Shrinker<List<Integer>>(list -> {
            asked.add(list);
            return fails.test(list);
        }, most).fewest(HUNDRED, list -> list);
    }

    @Test
    void keepsOnlyWhatIsNeededInOrder() {
        assertEquals(List.of(3, 50, 97), fewest(list -> list.containsAll(List.of(97, 3, 50)), 500));
        assertTrue(asked.size() < 150, () -> asked.size() + " questions");
    }

    @Test
    void keepsNothingIfNothingIsNeeded() {
        assertEquals(List.of(), fewest(list -> true, 500));
    }

    @Test
    void keepsEverythingIfAllIsNeeded() {
        assertEquals(HUNDRED, fewest(list -> list.size() == 100, 500));
    }

    @Test
    void takesOneOfEachPairThatMayStandForTheOther() {
        List<Integer> kept = fewest(list -> list.stream().anyMatch(i -> i % 2 == 0)
                && list.stream().anyMatch(i -> i > 90), 500);
        assertTrue(kept.size() <= 2, kept::toString);
    }

    @Test
    void asksNoMoreOftenThanAllowedAndWhatIsLeftStillFails() {
        Predicate<List<Integer>> fails = list -> list.containsAll(List.of(3, 50, 97));
        List<Integer> kept = fewest(fails, 7);
        assertEquals(7, asked.size());
        assertTrue(fails.test(kept), kept::toString);
    }

    @Test
    void simplifiesUntilNothingSimplerFails() {
        List<Integer> asks = new ArrayList<>();
        Shrinker<Integer> shrinker = new Shrinker<>(number -> {
            asks.add(number);
            return number >= 17;
        }, 100);
        int least = shrinker.simplest(1000, number -> Stream.of(number / 2, number - 1));
        assertEquals(17, least);
        assertEquals(500, asks.getFirst());
    }
}

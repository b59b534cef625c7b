// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Makes what fails smaller as long as it still fails: by leaving out parts of a list (delta
 * debugging), and by trying simpler ones in turn. Knows nothing of histories, and asks no more often
 * than it was allowed to.
 *
 * @param <T> what fails
 */
final class Shrinker<T> {
    private final Predicate<T> fails;
    private int left;

    /**
     * A shrinker.
     *
     * @param fails whether something smaller still fails in the same way
     * @param most  how often it may be asked
     */
    Shrinker(Predicate<T> fails, int most) {
        this.fails = fails;
        this.left = most;
    }

    private boolean stillFails(T smaller) {
        return left > 0 && left-- > 0 && fails.test(smaller);
    }

    /**
     * Leaves out as much of a list as it can: halves first, then less and less, until no single
     * element can go.
     *
     * @param parts what may be left out
     * @param whole puts parts together
     * @return the parts that are needed, in order
     */
    <P> List<P> fewest(List<P> parts, Function<List<P>, T> whole) {
        List<P> kept = new ArrayList<>(parts);
        int run = Math.max(1, kept.size() / 2);
        while (run > 0 && left > 0) {
            boolean gone = false;
            for (int at = kept.size() - run; at > -run; at -= run) {
                int begin = Math.max(0, at);
                List<P> fewer = new ArrayList<>(kept.subList(0, begin));
                fewer.addAll(kept.subList(Math.min(kept.size(), at + run), kept.size()));
                if (fewer.size() < kept.size() && stillFails(whole.apply(fewer))) {
                    kept = fewer;
                    gone = true;
                }
            }
            run = run > 1 ? run / 2 : gone ? 1 : 0;
        }
        return kept;
    }

    /** Goes over to the first simpler one that still fails, until none does. */
    T simplest(T failing, Function<T, Stream<T>> simpler) {
        T now = failing;
        boolean better = true;
        while (better && left > 0) {
            better = false;
            for (T one : (Collection<T>) simpler.apply(now).toList()) {
                if (stillFails(one)) {
                    now = one;
                    better = true;
                    break;
                }
            }
        }
        return now;
    }
}

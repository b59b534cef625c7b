// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is done to a mirror, and in which order.
 *
 * @param kind          what it is mostly made of
 * @param seed          what it was made from
 * @param configuration its images and its mirror
 * @param steps         what is done
 */
record History(Kind kind, long seed, Configuration configuration, List<Step> steps) {
    History {
        steps = List.copyOf(steps);
    }

    History with(Configuration other) {
        return new History(kind, seed, other, steps);
    }

    History with(List<Step> others) {
        return new History(kind, seed, configuration, others);
    }

    /** The same, waiting after each step of a running mirror for what it set off. */
    History patient() {
        List<Step> others = new ArrayList<>();
        for (Step step : steps) {
            others.add(step);
            if (step instanceof Step.Start || step instanceof Step.Resume
                    || step instanceof Step.Guest request && request.action().changes()) {
                others.add(new Step.Settle());
            }
        }
        return with(others);
    }

    /** The same, with traps numbered from 1 in the order they are set. */
    History renumbered() {
        Map<Integer, Integer> numbers = new HashMap<>();
        List<Step> others = new ArrayList<>();
        for (Step step : steps) {
            others.add(switch (step) {
                case Step.Trap trap -> {
                    numbers.putIfAbsent(trap.id(), numbers.size() + 1);
                    yield trap.as(numbers.get(trap.id()));
                }
                case Step.Release release ->
                        new Step.Release(numbers.getOrDefault(release.id(), 0));
                default -> step;
            });
        }
        return with(others);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says which cases of a product came out alike, in few words: boxes of the product, such as {@code
 * creation=external,off sync=full copy-mode=*}, that together hold exactly the cases of one
 * outcome.
 *
 * <p>Combinations that were left out of the product belong to any box. The same cases in the same
 * order give the same text.
 */
final class Boxes {
    private final List<String> axes;
    private final List<List<String>> values;
    /** Each case that ran, as the index of its value on every axis, with its outcome. */
    private final Map<List<Integer>, String> outcomes = new LinkedHashMap<>();

    /** A product; the axes in order, each with its values in order. */
    Boxes(Map<String, ? extends List<String>> axes) {
        this.axes = List.copyOf(axes.keySet());
        this.values = axes.values().stream().<List<String>>map(List::copyOf).toList();
    }

    /** Adds a case that ran; {@code point} holds the index of its value on every axis. */
    void add(List<Integer> point, String outcome) {
        outcomes.put(List.copyOf(point), outcome);
    }

    /** For every outcome, in the order first seen: how many cases, and below it their boxes. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        Map<String, Set<List<Integer>>> cases = new LinkedHashMap<>();
        outcomes.forEach((point, outcome) ->
                cases.computeIfAbsent(outcome, o -> new java.util.LinkedHashSet<>()).add(point));
        cases.forEach((outcome, points) -> {
            lines.add(points.size() + (points.size() == 1 ? " case: " : " cases: ") + outcome);
            cover(points, outcome).stream().map(this::text).forEach(line -> lines.add("  " + line));
        });
        return lines;
    }

    /**
     * Boxes that hold all of {@code points} and no case of another outcome; large ones first
     * wherever there is a choice.
     */
    private List<List<BitSet>> cover(Collection<List<Integer>> points, String outcome) {
        List<List<BitSet>> boxes = new ArrayList<>();
        Set<List<Integer>> open = new HashSet<>(points);
        for (List<Integer> point : points) {
            if (open.contains(point)) {
                List<BitSet> best = largest(point, outcome, open);
                open.removeIf(covered -> holds(best, covered));
                boxes.add(best);
            }
        }
        return boxes;
    }

    /** Of the boxes that grow from {@code seed}, the one that holds most cases not yet told. */
    private List<BitSet> largest(List<Integer> seed, String outcome, Set<List<Integer>> open) {
        List<BitSet> best = null;
        long most = -1;
        List<Integer> order =
                new ArrayList<>(java.util.stream.IntStream.range(0, axes.size()).boxed().toList());
        for (int turn = 0; turn < 2 * axes.size(); turn++) {
            if (turn == axes.size()) {
                Collections.reverse(order);
            }
            Collections.rotate(order, 1);
            List<BitSet> box = grow(seed, outcome, order);
            long held = open.stream().filter(point -> holds(box, point)).count();
            if (held > most) {
                best = box;
                most = held;
            }
        }
        return best;
    }

    private List<BitSet> grow(List<Integer> seed, String outcome, List<Integer> order) {
        List<BitSet> box = new ArrayList<>();
        for (int index : seed) {
            BitSet only = new BitSet();
            only.set(index);
            box.add(only);
        }
        for (int axis : order) {
            for (int value = 0; value < values.get(axis).size(); value++) {
                BitSet wider = (BitSet) box.get(axis).clone();
                wider.set(value);
                List<BitSet> candidate = new ArrayList<>(box);
                candidate.set(axis, wider);
                if (outcomes.entrySet().stream()
                        .allMatch(e -> e.getValue().equals(outcome)
                        || !holds(candidate, e.getKey()))) {
                    box = candidate;
                }
            }
        }
        return shrunk(box);
    }

    /**
     * Without values that no case in the box has: combinations that were left out need not be told.
     */
    private List<BitSet> shrunk(List<BitSet> box) {
        List<BitSet> used = new ArrayList<>();
        box.forEach(values -> used.add(new BitSet()));
        outcomes.keySet().stream().filter(point -> holds(box, point)).forEach(point -> {
            for (int axis = 0; axis < box.size(); axis++) {
                used.get(axis).set(point.get(axis));
            }
        });
        return used;
    }

    private static boolean holds(List<BitSet> box, List<Integer> point) {
        for (int axis = 0; axis < box.size(); axis++) {
            if (!box.get(axis).get(point.get(axis))) {
                return false;
            }
        }
        return true;
    }

    private String text(List<BitSet> box) {
        List<String> parts = new ArrayList<>();
        for (int axis = 0; axis < box.size(); axis++) {
            List<String> all = values.get(axis);
            String chosen = box.get(axis).cardinality() == all.size() ? "*"
                    : box.get(axis).stream().mapToObj(all::get).collect(Collectors.joining(","));
            parts.add(axes.get(axis) + "=" + chosen);
        }
        return String.join(" ", parts);
    }
}

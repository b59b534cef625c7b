// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Skipped;

/**
 * Runs a script's closure for every combination of a product, each a case of its own, and tells the
 * outcomes grouped.
 */
final class Cases {
    private final Stage stage;
    private final Map<String, List<Object>> axes = new LinkedHashMap<>();
    private final Closure<?> where;
    private final Closure<?> body;
    private final Boxes boxes;

    /**
     * A product.
     *
     * @param given the axes in order, each a list of values (null: the option is absent), and
     *              {@code where}, a closure that leaves out combinations that make no sense
     */
    Cases(Stage stage, Map<String, ?> given, Closure<?> body) {
        this.stage = stage;
        this.body = body;
        this.where = (Closure<?>) given.get("where");
        given.forEach((axis, values) -> {
            if (!axis.equals("where")) {
                if (!(values instanceof List<?> list) || list.isEmpty()) {
                    throw new HarnessError("cases: " + axis
                            + ": must be a list of values, or where: a closure");
                }
                axes.put(axis, new ArrayList<>(list));
            }
        });
        Map<String, List<String>> words = new LinkedHashMap<>();
        axes.forEach((axis, values) -> words.put(axis, values.stream().map(Cases::word).toList()));
        boxes = new Boxes(words);
    }

    /** Runs all; tells how many there were. */
    int run() {
        int ran = run(new LinkedHashMap<>(), new ArrayList<>(), List.copyOf(axes.keySet()));
        if (ran == 0) {
            throw new HarnessError("cases: no combination is left");
        }
        boxes.lines().forEach(stage.context()::fact);
        return ran;
    }

    private int run(Map<String, Object> chosen, List<Integer> point, List<String> rest) {
        if (rest.isEmpty()) {
            return runOne(new LinkedHashMap<>(chosen), point);
        }
        String axis = rest.getFirst();
        List<Object> values = axes.get(axis);
        int ran = 0;
        for (int i = 0; i < values.size(); i++) {
            chosen.put(axis, values.get(i));
            point.add(i);
            ran += run(chosen, point, rest.subList(1, rest.size()));
            point.removeLast();
        }
        chosen.remove(axis);
        return ran;
    }

    private int runOne(Map<String, Object> chosen, List<Integer> point) {
        if (where != null && !Boolean.TRUE.equals(where.call(chosen))) {
            return 0;
        }
        StringBuilder name = new StringBuilder();
        chosen.forEach((axis, value) -> name.append(name.isEmpty() ? "" : " ").append(axis)
                .append('=').append(word(value)));
        stage.context().beginCase(name.toString());
        try {
            boxes.add(point, String.join(", ", stage.capture(() -> body.call(chosen))));
        } catch (Skipped skipped) {
            stage.context().skipCase(skipped.reasons());
        } finally {
            stage.context().endCase();
        }
        return 1;
    }

    private static String word(Object value) {
        return value == null ? "absent" : value.toString();
    }
}

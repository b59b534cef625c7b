// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the gate knows of one mirror.
 *
 * @param counts what one mirror cost, by name; exact
 * @param ratios of each fork, the median of how many times as long as the calibration copy beside it
 *               a mirror took
 */
record Measured(Map<String, Long> counts, List<Double> ratios) {
    /** Keeps copies. */
    Measured {
        counts = new TreeMap<>(counts);
        ratios = List.copyOf(ratios);
    }

    /** The counts that differ, each as {@code name: before -> after}; those only one has too. */
    List<String> differences(Measured later) {
        Map<String, Long> all = new TreeMap<>(counts);
        all.putAll(later.counts);
        List<String> differences = new ArrayList<>();
        for (String name : all.keySet()) {
            Long before = counts.get(name);
            Long after = later.counts.get(name);
            if (before == null || !before.equals(after)) {
                differences.add(name + ": " + before + " -> " + after);
            }
        }
        return differences;
    }
}

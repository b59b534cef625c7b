// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.List;

/**
 * What several measurements of one thing come to.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param least  the smallest
 * @param most   the largest
 */
record Spread(double median, double least, double most) {
    /** Of one value or more. */
    static Spread of(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle]
                : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }
}

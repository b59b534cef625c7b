// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.List;
import java.util.Locale;

/**
 * What the gate says of one mirror: the counts must be those of the baseline, exactly; the time may
 * be longer by {@link #ALLOWED}, and by more if chance explains it.
 *
 * @param before      the baseline; null for a mirror that it does not have
 * @param differences the counts that are others
 * @param chance      how probable ratios as high as these are, were both runs of one program
 */
record Verdict(String name, Measured before, Measured after, List<String> differences,
        double chance) {
    /** How much slower, as a part, is too little to be told from a machine's moods. */
    static final double ALLOWED = 0.06;
    /**
     * A slowdown counts if chance explains it less often than this: with six mirrors, a gate of an
     * unchanged program is red at most once in {@code 1 / (6 * SIGNIFICANT)} runs. Six forks against
     * six cannot say less than 1 in 924.
     */
    static final double SIGNIFICANT = 0.005;

    /**
     * Compares a run with the baseline, which may be null.
     *
     * @param sameMachine whether the times of both may be compared; the counts always are
     */
    static Verdict of(String name, Measured before, Measured after, boolean sameMachine) {
        if (before == null) {
            return new Verdict(name, null, after, List.of(), 1);
        }
        return new Verdict(name, before, after, before.differences(after),
                sameMachine ? chance(before, after) : 1);
    }

    /** Of a slowdown by more than {@link #ALLOWED}: the old ratios are raised by so much. */
    private static double chance(Measured before, Measured after) {
        return RankTest.higher(before.ratios().stream().map(ratio -> ratio * (1 + ALLOWED))
                .toList(), after.ratios());
    }

    /** The change of the median ratio: 1.10 is 10 % slower; NaN if there is nothing to compare. */
    double change() {
        return before == null ? Double.NaN : Spread.of(after.ratios()).median()
                / Spread.of(before.ratios()).median();
    }

    boolean isSlower() {
        return chance < SIGNIFICANT;
    }

    boolean isRed() {
        return before == null || !differences.isEmpty() || isSlower();
    }

    /** In a few words. */
    String summary() {
        if (before == null) {
            return "not in the baseline: --update takes it in";
        }
        if (!differences.isEmpty()) {
            return "counts differ: " + String.join(", ", differences);
        }
        String by = String.format(Locale.ROOT, "%+.1f %%", (change() - 1) * 100);
        return isSlower() ? "slower: " + by + String.format(Locale.ROOT, ", by chance %.2g", chance)
                : "ok: " + by;
    }
}

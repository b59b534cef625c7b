// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mirrorcheck.iotests.judge.ContractViolation;

/** Counts a run: tests, cases and broken rules; decides the exit code. */
public final class Tally implements Report {
    /** Exit codes of {@code check}. */
    public static final int PASSED = 0;
    public static final int VIOLATED = 1;
    public static final int BROKEN = 2;
    public static final int NOTHING_RAN = 3;
    /** What a shell reports for a program that was stopped by SIGINT. */
    public static final int INTERRUPTED = 130;

    private final Map<Outcome, Integer> tests = new EnumMap<>(Outcome.class);
    private final Map<Outcome, Integer> cases = new EnumMap<>(Outcome.class);
    private final Map<String, Integer> rules = new TreeMap<>();
    private final Map<String, Integer> known = new TreeMap<>();
    private final List<TestId> bad = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();
    private boolean interrupted;
    private boolean problems;

    @Override
    public void on(Event event) {
        if (event instanceof Event.TestFinished finished) {
            count(finished.result());
        } else if (event instanceof Event.RunFinished finished) {
            interrupted = finished.interrupted();
            problems = !finished.problems().isEmpty();
        }
    }

    private void count(TestResult result) {
        tests.merge(result.outcome(), 1, Integer::sum);
        if (result.outcome().compareTo(Outcome.PASSED) > 0) {
            bad.add(result.id());
        }
        if (result.outcome() != Outcome.SKIPPED) {
            ran.add(result.id().name());
        }
        for (CaseResult one : result.cases()) {
            cases.merge(one.outcome(), 1, Integer::sum);
            one.violations().stream().map(ContractViolation::rule).distinct()
                    .forEach(rule -> rules.merge(rule, 1, Integer::sum));
            one.known().forEach(rule -> known.merge(rule, 1, Integer::sum));
        }
    }

    /** How many tests ended so. */
    public int tests(Outcome outcome) {
        return tests.getOrDefault(outcome, 0);
    }

    /** How many cases ended so. */
    public int cases(Outcome outcome) {
        return cases.getOrDefault(outcome, 0);
    }

    /** In how many cases each rule was broken, by id; only rules that were. */
    public Map<String, Integer> rules() {
        return rules;
    }

    /** In how many cases each rule was broken as the implementation is known to, by id. */
    public Map<String, Integer> known() {
        return known;
    }

    /** The names of the tests of which at least one case was not skipped. */
    public List<String> ran() {
        return ran;
    }

    /** The tests that failed or errored, in the order they ended. */
    public List<TestId> bad() {
        return bad;
    }

    /**
     * What {@code check} exits with. A violation outweighs a broken set-up: it was observed,
     * whatever else went wrong.
     */
    public int exitCode() {
        if (interrupted) {
            return INTERRUPTED;
        }
        if (tests(Outcome.FAILED) > 0 || cases(Outcome.FAILED) > 0) {
            return VIOLATED;
        }
        if (problems || tests(Outcome.ERRORED) > 0) {
            return BROKEN;
        }
        return tests(Outcome.PASSED) > 0 ? PASSED : NOTHING_RAN;
    }

    /** The exit code of two runs: a violation outweighs a broken set-up, which outweighs silence. */
    public static int worse(int one, int other) {
        for (int code : new int[] {INTERRUPTED, VIOLATED, BROKEN, NOTHING_RAN}) {
            if (one == code || other == code) {
                return code;
            }
        }
        return PASSED;
    }

    /**
     * Counts as text, worst last, without those that are 0: {@code 9 passed, 1 failed}; {@code
     * none} if all are.
     */
    static String text(java.util.function.ToIntFunction<Outcome> counts) {
        List<String> parts = new ArrayList<>();
        for (Outcome outcome : List.of(Outcome.PASSED, Outcome.SKIPPED, Outcome.FAILED,
                Outcome.ERRORED)) {
            int count = counts.applyAsInt(outcome);
            if (count > 0) {
                parts.add(count + " " + outcome.word());
            }
        }
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }
}

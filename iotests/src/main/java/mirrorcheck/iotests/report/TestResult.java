// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.util.List;

/**
 * One finished test.
 *
 * @param id         what ran
 * @param cases      its cases in order, at least one
 * @param millis     how long it took
 * @param lastMillis how long it took when it last passed here, or -1
 * @param again      the command that runs just this test again with the same seed and adapter
 * @param details    what a reader needs after a failure, line by line: diff, kept scratch folder,
 *         files written
 */
public record TestResult(TestId id, List<CaseResult> cases, long millis, long lastMillis,
        String again, List<String> details) {
    public TestResult {
        cases = List.copyOf(cases);
        details = List.copyOf(details);
    }

    /** The worst outcome of its cases. */
    public Outcome outcome() {
        return cases.stream().map(CaseResult::outcome).reduce(Outcome.SKIPPED, Outcome::and);
    }

    /**
     * The details, for a report that has no place but its cases: with the first that did not pass,
     * not with all.
     */
    List<String> detailsWith(CaseResult one) {
        return cases.stream().filter(other -> other.outcome().compareTo(Outcome.PASSED) > 0)
                .findFirst()
                .filter(first -> first == one).isPresent() ? details : List.of();
    }

    /** How many of its cases ended so. */
    public int count(Outcome outcome) {
        return (int) cases.stream().filter(c -> c.outcome() == outcome).count();
    }
}

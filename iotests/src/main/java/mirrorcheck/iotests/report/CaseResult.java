// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.util.List;
import mirrorcheck.iotests.judge.ContractViolation;

/**
 * One case of a test.
 *
 * @param name       title of the section; for a case inside, {@code title / name}
 * @param outcome    how it ended
 * @param violations the rules it broke, in the order found
 * @param known      the rules it broke as the implementation is known to, by id, each once
 * @param reasons    why it was skipped, all of them
 * @param message    why it failed or errored beside the violations, one line; empty if nothing
 * @param millis     how long it took
 */
public record CaseResult(String name, Outcome outcome, List<ContractViolation> violations,
        List<String> known, List<String> reasons, String message, long millis) {
    public CaseResult {
        violations = List.copyOf(violations);
        known = List.copyOf(known);
        reasons = List.copyOf(reasons);
    }

    /** A case that stands for a test that never began, because it does not apply. */
    public static CaseResult skipped(String name, List<String> reasons) {
        return new CaseResult(name, Outcome.SKIPPED, List.of(), List.of(), reasons, "", 0);
    }

    /** A case that stands for what is wrong outside the script. */
    public static CaseResult errored(String name, String message) {
        return new CaseResult(name, Outcome.ERRORED, List.of(), List.of(), List.of(), message,
                0);
    }

    /**
     * Why it did not pass, one line: the first violation, else the message, else the reasons; empty
     * after a pass.
     */
    public String why() {
        if (!violations.isEmpty()) {
            return violations.getFirst().toString();
        }
        return message.isEmpty() ? String.join("; ", reasons) : message;
    }
}

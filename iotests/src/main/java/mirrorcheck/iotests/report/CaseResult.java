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
 * @param reasons    why it was skipped, all of them
 * @param message    why it failed or errored beside the violations, one line; empty if nothing
 * @param millis     how long it took
 */
public record CaseResult(String name, Outcome outcome, List<ContractViolation> violations, List<String> reasons,
                         String message, long millis) {
    public CaseResult {
        violations = List.copyOf(violations);
        reasons = List.copyOf(reasons);
    }

    /** Why it did not pass, one line: the first violation, else the message, else the reasons; empty after a pass. */
    public String why() {
        if (!violations.isEmpty()) {
            return violations.getFirst().toString();
        }
        return message.isEmpty() ? String.join("; ", reasons) : message;
    }
}

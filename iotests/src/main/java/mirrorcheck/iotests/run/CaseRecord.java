// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.iotests.judge.ContractViolation;
import mirrorcheck.iotests.report.CaseResult;
import mirrorcheck.iotests.report.Outcome;

/** A case that has begun: collects what speaks against it. */
final class CaseRecord {
    final String name;
    final List<ContractViolation> violations = new ArrayList<>();
    private final long began;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<String> reasons = new ArrayList<>();
    private Outcome outcome = Outcome.PASSED;
    private String message = "";

    CaseRecord(String name, long began) {
        this.name = name;
        this.began = began;
    }

    /** Notes a broken rule. */
    void violated(ContractViolation violation) {
        violations.add(violation);
        outcome = outcome.and(Outcome.FAILED);
    }

    /** Notes a broken rule that the implementation is known to break, and why. */
    void knownToViolate(String rule, String reason) {
        known.add(rule);
        skip(List.of(reason));
    }

    /** Notes that it failed or errored; the first message of the worst outcome is kept. */
    void blame(Outcome worse, String why) {
        if (message.isEmpty() || worse.compareTo(outcome) > 0) {
            message = why;
        }
        outcome = outcome.and(worse);
    }

    /** Notes that it hung, which explains whatever else went wrong. */
    void hung(String why) {
        message = message.isEmpty() ? why : why + "; " + message;
        outcome = outcome.and(Outcome.FAILED);
    }

    /** Notes that it does not apply; what was already found against it still counts. */
    void skip(List<String> why) {
        why.stream().filter(reason -> !reasons.contains(reason)).forEach(reasons::add);
        if (outcome == Outcome.PASSED) {
            outcome = Outcome.SKIPPED;
        }
    }

    /** Whether it broke a rule, even one that it is known to break. */
    boolean isBroken() {
        return !violations.isEmpty() || !known.isEmpty();
    }

    /** Whether nothing speaks against it. */
    boolean isClean() {
        return outcome == Outcome.PASSED;
    }

    /** The same under another name. */
    CaseRecord named(String other) {
        CaseRecord copy = new CaseRecord(other, began);
        copy.violations.addAll(violations);
        copy.known.addAll(known);
        copy.reasons.addAll(reasons);
        copy.outcome = outcome;
        copy.message = message;
        return copy;
    }

    CaseResult result(long now) {
        return new CaseResult(name, outcome, violations, List.copyOf(known), reasons, message,
                (now - began) / 1_000_000);
    }
}

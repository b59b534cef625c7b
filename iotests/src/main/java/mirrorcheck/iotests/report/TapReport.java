// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.judge.ContractViolation;
import mirrorcheck.iotests.judge.Rule;

/**
 * Writes TAP version 14: a test point per test, with a subtest that holds a test point per case.
 *
 * @see <a href="https://testanything.org/tap-version-14-specification.html">TAP 14</a>
 */
public final class TapReport implements Report {
    private final PrintStream out;
    private final PlanOrder order = new PlanOrder();
    private Map<String, Rule> rules = Map.of();
    private int number;

    /** A report to {@code out}. */
    public TapReport(PrintStream out) {
        this.out = out;
    }

    @Override
    public void on(Event event) {
        switch (event) {
            case Event.RunStarted started -> {
                rules = started.rules();
                order.begin(started.plan());
                out.print("TAP version 14\n1.." + started.plan().size()
                        + (started.plan().isEmpty() ? " # SKIP nothing to run" : "") + "\n");
                out.print("# adapter " + started.adapter() + ", seed " + started.seed() + "\n");
            }
            case Event.TestFinished finished -> order.add(finished.result()).forEach(this::test);
            case Event.RunFinished finished -> {
                order.rest().forEach(this::test);
                finished.problems().forEach(problem -> out.print("# set-up: " + problem + "\n"));
                if (finished.interrupted()) {
                    out.print("Bail out! interrupted\n");
                }
            }
            case Event.TestStarted started -> { }
            case Event.CaseFinished finished -> { }
        }
        out.flush();
    }

    private void test(TestResult result) {
        out.print("# Subtest: " + escape(result.id().toString()) + "\n");
        out.print("    1.." + result.cases().size() + "\n");
        int point = 0;
        for (CaseResult one : result.cases()) {
            out.print("    " + point(++point, one.name(), one.outcome(), one.reasons()));
            yaml(one, result);
        }
        List<String> reasons = result.cases().stream().flatMap(one -> one.reasons().stream())
                .distinct().toList();
        out.print(point(++number, result.id().toString(), result.outcome(), reasons));
    }

    private static String point(int number, String name, Outcome outcome, List<String> reasons) {
        String ok = outcome.compareTo(Outcome.PASSED) <= 0 ? "ok " : "not ok ";
        String skip = outcome == Outcome.SKIPPED ? " # SKIP " + escape(String.join("; ", reasons))
                : "";
        return ok + number + " - " + escape(name) + skip + "\n";
    }

    private void yaml(CaseResult one, TestResult result) {
        if (one.outcome().compareTo(Outcome.PASSED) <= 0) {
            return;
        }
        line("---");
        line("severity: " + (one.outcome() == Outcome.FAILED ? "fail" : "error"));
        if (!one.message().isEmpty()) {
            line("message: " + quote(one.message()));
        }
        if (!one.violations().isEmpty()) {
            line("violations:");
            one.violations().forEach(this::violation);
        }
        line("again: " + quote(result.again()));
        List<String> details = result.detailsWith(one);
        if (!details.isEmpty()) {
            line("details:");
            details.forEach(detail -> line("  - " + quote(detail)));
        }
        line("...");
    }

    private void violation(ContractViolation violation) {
        Rule rule = rules.get(violation.rule());
        line("  - rule: " + quote(violation.rule()));
        if (rule != null) {
            line("    level: " + rule.level());
            line("    check: " + quote(rule.hint()));
        }
        line("    subject: " + quote(violation.subject()));
        line("    observed: " + quote(violation.observed()));
        line("    expected: " + quote(violation.expected()));
    }

    /** YAML belongs to its test point, here one of a subtest: four blanks and two. */
    private void line(String text) {
        out.print("      " + text + "\n");
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("#", "\\#").replace("\n", " ");
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default -> quoted.append(c < ' ' ? String.format("\\x%02x", (int) c)
                        : String.valueOf(c));
            }
        }
        return quoted.append('"').toString();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.judge.Level;
import mirrorcheck.iotests.judge.Rule;

/**
 * What several implementations make of each rule, side by side, as a table in Markdown: a column a
 * run, a row a rule that one of the tests cites.
 */
public final class RuleTable {
    /** One run of the tests against one implementation. */
    public static final class Column implements Report {
        private final String name;
        private final boolean claimsCompat;
        private final Map<String, List<String>> rulesOf;
        private final Tally tally = new Tally();
        private final Set<String> tested = new HashSet<>();
        private int unexplained;
        private long millis;

        /**
         * A run about to begin.
         *
         * @param claimsCompat whether rules of level COMPAT bind the implementation
         * @param rulesOf      the rules that each test cites, by its name
         */
        public Column(String name, boolean claimsCompat, Map<String, List<String>> rulesOf) {
            this.name = name;
            this.claimsCompat = claimsCompat;
            this.rulesOf = new HashMap<>(rulesOf);
        }

        @Override
        public void on(Event event) {
            tally.on(event);
            if (event instanceof Event.TestFinished finished) {
                count(finished.result());
            } else if (event instanceof Event.RunFinished finished) {
                millis = finished.millis();
            }
        }

        private void count(TestResult result) {
            boolean passed = result.count(Outcome.PASSED) > 0;
            for (CaseResult one : result.cases()) {
                one.violations().forEach(violation -> tested.add(violation.rule()));
                tested.addAll(one.known());
                boolean bad = one.outcome().compareTo(Outcome.PASSED) > 0;
                if (bad && one.violations().isEmpty()) {
                    unexplained++;
                }
            }
            if (passed) {
                tested.addAll(rulesOf.getOrDefault(result.id().name(), List.of()));
            }
        }

        private String cell(Rule rule) {
            Integer broken = tally.rules().get(rule.id());
            Integer known = tally.known().get(rule.id());
            if (broken != null) {
                return "broken in " + broken + (known == null ? "" : ", known in " + known);
            }
            if (known != null) {
                return "known to be broken in " + known;
            }
            if (rule.level() == Level.COMPAT && !claimsCompat) {
                return "not claimed";
            }
            return tested.contains(rule.id()) ? "kept" : "not tested";
        }
    }

    private final Collection<Rule> rules;
    private final List<Column> columns = new ArrayList<>();

    /** An empty table; rows are in the order of {@code rules}. */
    public RuleTable(Collection<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** Adds a run, to the right of those before. */
    public void add(Column column) {
        columns.add(column);
    }

    /** Writes the table. */
    public void print(PrintStream out) {
        row(out, "rule", "level", columns.stream().map(column -> column.name).toList());
        row(out, "---", "---", columns.stream().map(column -> "---").toList());
        for (Rule rule : rules) {
            if (columns.stream().anyMatch(column -> isCited(column, rule))) {
                row(out, rule.id(), rule.level().name(),
                        columns.stream().map(column -> column.cell(rule)).toList());
            }
        }
        if (columns.stream().anyMatch(column -> column.unexplained > 0)) {
            row(out, "cases failed by no rule", "", columns.stream()
                    .map(column -> String.valueOf(column.unexplained)).toList());
        }
        row(out, "tests", "", columns.stream()
                .map(column -> Tally.text(column.tally::tests)).toList());
        row(out, "cases", "", columns.stream()
                .map(column -> Tally.text(column.tally::cases)).toList());
        row(out, "time", "", columns.stream()
                .map(column -> String.format(Locale.ROOT, "%.0f s", column.millis / 1000.0))
                .toList());
    }

    private static boolean isCited(Column column, Rule rule) {
        return column.tested.contains(rule.id())
                || column.rulesOf.values().stream().anyMatch(cited -> cited.contains(rule.id()));
    }

    private static void row(PrintStream out, String first, String second, List<String> rest) {
        out.println("| " + first + " | " + second + " | " + String.join(" | ", rest) + " |");
    }
}

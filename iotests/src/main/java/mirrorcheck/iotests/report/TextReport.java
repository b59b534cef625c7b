// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mirrorcheck.iotests.judge.ContractViolation;
import mirrorcheck.iotests.judge.Rule;

/** Writes for a reader: a line per test, what is needed after a failure, a summary. */
public final class TextReport implements Report {
    private static final String RED = "\033[31m";
    private static final String GREEN = "\033[32m";
    private static final String YELLOW = "\033[33m";
    private static final String RESET = "\033[0m";
    /** More failing cases of one test than this are counted, not shown. */
    private static final int SHOWN_CASES = 5;
    private static final int WIDEST_NAME = 44;

    private final PrintStream out;
    private final boolean colour;
    private final ProgressLine progress;
    private final Tally tally = new Tally();
    private Map<String, Rule> rules = Map.of();
    private List<TestId> plan = List.of();
    private int nameWidth;

    /**
     * A report to {@code out}.
     *
     * @param colour        whether outcomes are coloured
     * @param progressWidth columns of the terminal for live progress; 0 for none
     */
    public TextReport(PrintStream out, boolean colour, int progressWidth) {
        this.out = out;
        this.colour = colour;
        this.progress = new ProgressLine(out, progressWidth);
    }

    @Override
    public void on(Event event) {
        tally.on(event);
        switch (event) {
            case Event.RunStarted started -> begin(started);
            case Event.TestFinished finished -> {
                progress.erase();
                test(finished.result());
            }
            case Event.RunFinished finished -> {
                progress.erase();
                summary(finished);
            }
            case Event.TestStarted started -> { }
            case Event.CaseFinished finished -> { }
        }
        progress.on(event);
        out.flush();
    }

    private void begin(Event.RunStarted started) {
        rules = started.rules();
        plan = started.plan();
        nameWidth = Math.min(WIDEST_NAME, plan.stream().mapToInt(id -> id.toString().length()).max()
                .orElse(0));
        out.println("adapter " + started.adapter() + ", " + count(plan.size(), "test") + ", "
                + count(started.jobs(), "job") + ", seed " + started.seed() + ", scratch "
                + started.scratch());
        started.host().forEach(line -> out.println("host: " + line));
        out.println();
    }

    private void test(TestResult result) {
        String last = result.lastMillis() < 0 ? "" : "  last " + seconds(result.lastMillis());
        String format = "%-" + Math.max(1, nameWidth) + "s  %s  %s  %s%s";
        out.println(String.format(Locale.ROOT, format, result.id(), mark(result.outcome()),
                Tally.text(result::count), seconds(result.millis()), last));
        if (result.outcome() == Outcome.SKIPPED) {
            result.cases().stream().flatMap(one -> one.reasons().stream()).distinct()
                    .forEach(reason -> out.println("    " + reason));
        }
        List<CaseResult> bad = result.cases().stream()
                .filter(one -> one.outcome().compareTo(Outcome.PASSED) > 0).toList();
        bad.stream().limit(SHOWN_CASES).forEach(one -> failure(one, result));
        if (bad.size() > SHOWN_CASES) {
            out.println("    and " + count(bad.size() - SHOWN_CASES, "more failing case"));
        }
        result.details().forEach(line -> out.println("    " + line));
    }

    /** Three lines: what is wrong, what to look at, how to run it again. */
    private void failure(CaseResult one, TestResult result) {
        out.println("    [" + one.name() + "] " + one.why() + more(one));
        String hint = hint(one);
        if (!hint.isEmpty()) {
            out.println("    if this fails, check: " + hint);
        }
        out.println("    again: " + result.again());
    }

    private static String more(CaseResult one) {
        int others = one.violations().size() - 1;
        return others > 0 ? "; and " + others + " more" : "";
    }

    private String hint(CaseResult one) {
        if (!one.violations().isEmpty()) {
            Rule rule = rules.get(one.violations().getFirst().rule());
            return rule == null ? "" : rule.hint();
        }
        return one.outcome() == Outcome.FAILED && one.message().startsWith("golden")
                ? "the diff; if the new text is right, bless it and say why in the commit" : "";
    }

    private void summary(Event.RunFinished finished) {
        out.println();
        tally.rules().forEach((id, cases) -> broken(id, "broken", cases));
        tally.known().forEach((id, cases) -> broken(id, "known to be broken,", cases));
        List<String> bad = tally.bad().stream().map(TestId::toString).sorted().toList();
        if (!bad.isEmpty()) {
            out.println("not passed: " + String.join(" ", bad));
        }
        finished.problems().forEach(problem -> out.println("set-up: " + problem));
        out.println("tests: " + Tally.text(tally::tests) + unfinished(finished));
        out.println("cases: " + Tally.text(tally::cases));
        String last = finished.lastMillis() < 0 ? "" : "  last " + seconds(finished.lastMillis());
        out.println("time: " + seconds(finished.millis()) + last);
    }

    private void broken(String id, String how, int cases) {
        Rule rule = rules.get(id);
        out.println(id + (rule == null ? "" : " " + rule.level()) + ": " + how + " in "
                + count(cases, "case") + (rule == null ? "" : ": " + rule.sentence()));
    }

    private String unfinished(Event.RunFinished finished) {
        int ended = 0;
        for (Outcome outcome : Outcome.values()) {
            ended += tally.tests(outcome);
        }
        return finished.interrupted() ? "; interrupted: " + (plan.size() - ended) + " not finished"
                : "";
    }

    private String mark(Outcome outcome) {
        String mark = String.format(Locale.ROOT, "%-5s", outcome.mark());
        if (!colour) {
            return mark;
        }
        String start = switch (outcome) {
            case PASSED -> GREEN;
            case SKIPPED -> YELLOW;
            case FAILED, ERRORED -> RED;
        };
        return start + mark + RESET;
    }

    private static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
    }
}

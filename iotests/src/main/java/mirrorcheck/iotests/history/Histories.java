// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.host.AtomicWrite;
import mirrorcheck.iotests.judge.ContractViolation;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.run.TestContext;

/**
 * Plays random histories for a test, one after the other. The first that breaks a rule is shrunk
 * and written down as a script, below the failing test and into its scratch directory; the others
 * that break the same rule are only counted.
 */
public final class Histories {
    /** Findings of this many rules are enough for one run. */
    private static final int MOST_FINDINGS = 3;
    /** What hangs takes long, and holds what it has. */
    private static final int MOST_HANGS = 3;
    /** A hang within this part of the test's own time is one: the test must live to tell. */
    private static final int PART = 3;

    private final TestContext test;
    private final Kind kind;
    private final Trial trial;
    private final Set<String> found = new HashSet<>();
    private long broken;
    private int hangs;
    private HarnessError error;

    private Histories(TestContext test, Kind kind) {
        this.test = test;
        this.kind = kind;
        this.trial = new Trial(test);
    }

    /**
     * Plays histories of a kind, as many as the run asks for, else {@code count:} of them, from the
     * run's seed on; tells one fact, the same whatever their number and seed are.
     *
     * @throws HarnessError if there is no such kind or option, or a history broke the harness; names
     *         the seed
     */
    public static void play(TestContext test, String kind, Map<String, ?> options) {
        Kind known = Kind.of(kind);
        if (!options.keySet().equals(Set.of("count"))
                || !(options.get("count") instanceof Integer count) || count < 1) {
            throw new HarnessError("randomHistories '" + kind + "': " + options
                    + ": must be count: and a number, 1 or more");
        }
        new Histories(test, known).play(count);
    }

    private void play(int usual) {
        int count = test.histories() > 0 ? test.histories() : usual;
        for (int i = 0; i < count && found.size() < MOST_FINDINGS && hangs < MOST_HANGS; i++) {
            one(test.seed() + i);
        }
        if (broken > 0) {
            test.note(broken + " of " + count + " histories broke a rule");
        }
        if (error != null) {
            throw error;
        }
        test.fact("histories: " + (broken == 0 ? "none" : "some") + " broke a rule");
    }

    private void one(long seed) {
        History history = Generator.make(kind, seed);
        Trial.Result result = trial.play(history, test.timeoutNanos() / PART);
        if (result.isClean()) {
            return;
        }
        if (result.hung()) {
            hangs++;
        }
        List<ContractViolation> against = result.violations().stream()
                .filter(one -> test.counts(one.rule())).toList();
        if (!against.isEmpty()) {
            broken++;
            if (found.add(against.getFirst().rule())) {
                tell(history, against.getFirst(), result.hung());
            }
            return;
        }
        result.violations().forEach(test::violation);
        if (result.violations().isEmpty()) {
            String message = result.error() instanceof HarnessError error ? error.getMessage()
                    : result.error().toString();
            if (found.add(Trial.ERROR)) {
                tell(history, Trial.ERROR, message, false);
                error = new HarnessError(name(history) + ": " + message, result.error());
            }
        }
    }

    private void tell(History history, ContractViolation violation, boolean hung) {
        String observed = violation.subject() + ": " + violation.observed();
        test.violation(new ContractViolation(violation.rule(), name(history), observed,
                violation.expected()));
        tell(history, violation.rule(), observed + "; expected " + violation.expected(), hung);
    }

    /** Shrinks a history and tells all about it, below the test. */
    private void tell(History history, String what, String observed, boolean hung) {
        Shrinking.Shrunk shrunk = new Shrinking(trial, test, what, hung).shrink(history);
        String again = "iotests/check --adapter " + test.adapter().name() + " --seed "
                + history.seed() + " --histories 1 " + test.testName();
        String script = ScriptWriter.write(shrunk.small(), test.adapter().capabilities(),
                "A history at random " + (what.equals(Trial.ERROR) ? "goes wrong."
                : "breaks " + what + "."), List.of("Made by " + again + ":", observed));
        test.note(name(history) + ": " + observed + " (" + what + ")");
        test.note(shrunk.told());
        test.note("again: " + again);
        test.note("script, " + write(history, what, script) + " in the scratch directory:");
        script.lines().forEach(test::note);
    }

    private String name(History history) {
        return "history of seed " + history.seed() + " (" + kind.word() + ")";
    }

    /** Writes a script into the scratch directory of the test, and returns the file's name. */
    private String write(History history, String what, String script) {
        String name = kind.word() + "-" + history.seed() + "-" + what + ".groovy";
        try {
            AtomicWrite.write(test.scratch().resolve(name), script);
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": " + e.getMessage(), e);
        }
        return name;
    }
}

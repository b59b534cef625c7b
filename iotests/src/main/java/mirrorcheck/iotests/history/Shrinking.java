// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.List;
import java.util.function.Predicate;
import mirrorcheck.iotests.run.TestContext;

/**
 * Shrinks a history that broke a rule by playing smaller ones. A history that breaks its rule only
 * now and then, because threads run as they like, is played several times before it is believed to be
 * right.
 */
final class Shrinking {
    private static final int MOST_PLAYS = 600;
    /** Whoever hangs is waited for each time. */
    private static final int MOST_HANGS = 24;
    private static final int REPLAYS = 5;
    private static final int SURE = 3;
    /** Of the time a test may show no progress: enough for a history that goes on. */
    private static final int PART = 10;

    private final Trial trial;
    private final TestContext test;
    private final String rule;
    private final boolean hung;
    private final int sure;
    private int tries = 1;
    private boolean patient;

    Shrinking(Trial trial, TestContext test, String rule, boolean hung) {
        this.trial = trial;
        this.test = test;
        this.rule = rule;
        this.hung = hung;
        this.sure = hung ? 1 : SURE;
    }

    /**
     * What became of a history.
     *
     * @param small the smallest that still breaks the rule
     * @param told  how it was come by, in a line
     */
    record Shrunk(History small, String told) {
    }

    Shrunk shrink(History history) {
        // What it does in haste a script may not do, which is slower; so patience if possible.
        patient = !hung && always(history.patient());
        int again = patient ? REPLAYS : replays(history);
        if (again == 0) {
            return new Shrunk(history, "broke it once, and not in " + (hung ? 1 : REPLAYS)
                    + " more plays: not shrunk");
        }
        tries = hung || again == REPLAYS ? 1 : 2 * REPLAYS / again;
        int before = trial.played();
        Predicate<History> fails = this::fails;
        Shrinker<History> shrinker = new Shrinker<>(fails, hung ? MOST_HANGS : MOST_PLAYS);
        History small = fewest(shrinker, history);
        small = shrinker.simplest(small, Simpler::of);
        small = fewest(shrinker, small);
        small = (patient ? small.patient() : small).renumbered();
        return new Shrunk(small, "shrunk from " + history.steps().size()
                + " steps to " + small.steps().size() + " in " + (trial.played() - before)
                + " plays" + (tries > 1 ? "; breaks it now and then"
                : patient || hung ? "" : "; breaks it only in haste"));
    }

    private static History fewest(Shrinker<History> shrinker, History history) {
        List<Step> steps = shrinker.fewest(history.steps(), history::with);
        return history.with(steps);
    }

    private boolean always(History history) {
        boolean always = true;
        for (int i = 0; i < sure && always; i++) {
            always = breaks(history);
        }
        return always;
    }

    private int replays(History history) {
        int again = 0;
        for (int i = 0; i < (hung ? 1 : REPLAYS); i++) {
            again += breaks(history) ? 1 : 0;
        }
        return again;
    }

    /**
     * Whether a smaller history breaks the rule: every time if the first one did, so that the last
     * one does not do so only by luck; at least once if the first one did now and then.
     */
    private boolean fails(History smaller) {
        History played = patient ? smaller.patient() : smaller;
        boolean always = tries == 1;
        for (int i = 0; i < (always ? sure : tries); i++) {
            if (breaks(played) != always) {
                return !always;
            }
        }
        return always;
    }

    private boolean breaks(History history) {
        return trial.play(history, test.timeoutNanos() / PART).breaks(rule);
    }
}

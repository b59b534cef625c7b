// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.util.List;
import java.util.Random;
import mirrorcheck.engine.schedule.Schedule.Deviation;
import mirrorcheck.engine.schedule.Schedule.Order;

/**
 * Runs a scenario under many schedules and judges each outcome.
 *
 * <p>The search is exhaustive within a bound: both orders, and from each every schedule with at
 * most so many deviations. Most races need one or two; each more costs as many times as much as a
 * run has decisions.
 */
final class Explorer {
    private final Scenario scenario;
    private long schedules;
    private int mostDecisions;

    Explorer(Scenario scenario) {
        this.scenario = scenario;
    }

    /** Something that several threads do. */
    @FunctionalInterface
    interface Scenario {
        /** Makes a new run's threads. What it gives judges the outcome, after the run. */
        Baton.Body prepare(Baton baton) throws Exception;
    }

    /** A schedule under which a scenario comes out wrong. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1L;

        private final transient Schedule schedule;

        private Broken(Schedule schedule, List<String> trace, Throwable cause) {
            super(cause + "\nschedule: " + schedule + "\n  " + String.join("\n  ", trace), cause);
            this.schedule = schedule;
        }

        /** What to replay. */
        Schedule schedule() {
            return schedule;
        }
    }

    /** How many schedules were run. */
    long schedules() {
        return schedules;
    }

    /** Of the run that had the most, how many decisions between several threads it had. */
    int mostDecisions() {
        return mostDecisions;
    }

    /**
     * Runs every schedule with at most {@code bound} deviations.
     *
     * @throws Broken for the first that comes out wrong; fewer deviations are tried first
     */
    void searchAll(int bound) {
        for (int deviations = 0; deviations <= bound; deviations++) {
            for (Order order : Order.values()) {
                search(Schedule.of(order), deviations);
            }
        }
    }

    /** Runs every schedule with exactly {@code more} deviations behind those of {@code prefix}. */
    private void search(Schedule prefix, int more) {
        // Those with fewer deviations were judged and counted before.
        List<Integer> options = more == 0 ? replay(prefix) : follow(prefix);
        for (int decision = prefix.next(); more > 0 && decision < options.size(); decision++) {
            for (int option = 1; option < options.get(decision); option++) {
                search(prefix.with(new Deviation(decision, option)), more - 1);
            }
        }
    }

    /** Runs one schedule at random. */
    void walk(long seed) {
        schedules++;
        Random random = new Random(seed);
        run(Chooser.walking(random, 1 << random.nextInt(5)));
    }

    /** Runs one schedule again; between how many threads each of its decisions was. */
    List<Integer> replay(Schedule schedule) {
        schedules++;
        return follow(schedule);
    }

    private List<Integer> follow(Schedule schedule) {
        Chooser chooser = Chooser.following(schedule);
        List<Integer> options = run(chooser);
        if (!chooser.schedule().equals(schedule)) {
            throw new IllegalStateException("schedule '" + schedule + "': came out as '"
                    + chooser.schedule() + "': the scenario is another, or not deterministic");
        }
        return options;
    }

    private List<Integer> run(Chooser chooser) {
        Baton baton = new Baton(chooser);
        try {
            Baton.Body judge = scenario.prepare(baton);
            baton.run();
            judge.run();
        } catch (Exception | AssertionError e) {
            throw new Broken(chooser.schedule(), baton.trace(), e);
        }
        mostDecisions = Math.max(mostDecisions, chooser.options().size());
        return chooser.options();
    }
}

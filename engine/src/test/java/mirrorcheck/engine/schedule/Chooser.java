// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import mirrorcheck.engine.schedule.Schedule.Deviation;
import mirrorcheck.engine.schedule.Schedule.Order;

/** Makes the decisions of one run and remembers them, so that the run can be had again. */
abstract class Chooser {
    private final Order order;
    private final List<Integer> options = new ArrayList<>();
    private final List<Deviation> made = new ArrayList<>();

    private Chooser(Order order) {
        this.order = order;
    }

    /** Who is first where nobody is chosen. */
    final Order order() {
        return order;
    }

    /** Chooses one of {@code count} threads, 2 or more; 0 is the first in order. */
    final int choose(int count) {
        int decision = options.size();
        int option = option(decision, count);
        options.add(count);
        if (option > 0) {
            made.add(new Deviation(decision, option));
        }
        return option;
    }

    abstract int option(int decision, int count);

    /** The schedule so far. */
    final Schedule schedule() {
        return new Schedule(order, List.copyOf(made));
    }

    /** Between how many threads each decision was. */
    final List<Integer> options() {
        return options;
    }

    /** Follows a schedule. */
    static Chooser following(Schedule schedule) {
        return new Chooser(schedule.order()) {
            private int at;

            @Override
            int option(int decision, int count) {
                if (at == schedule.deviations().size()
                        || schedule.deviations().get(at).decision() > decision) {
                    return 0;
                }
                Deviation deviation = schedule.deviations().get(at++);
                if (deviation.option() >= count) {
                    throw new IllegalStateException("schedule '" + schedule + "': " + deviation
                            + ": only " + count + " threads to choose from");
                }
                return deviation.option();
            }
        };
    }

    /**
     * Walks at random: now and then another thread goes on.
     *
     * @param oneIn how often: one decision in so many, on average
     */
    static Chooser walking(Random random, int oneIn) {
        return new Chooser(random.nextBoolean() ? Order.OLDEST : Order.NEWEST) {
            @Override
            int option(int decision, int count) {
                return random.nextInt(oneIn) == 0 ? random.nextInt(count) : 0;
            }
        };
    }
}

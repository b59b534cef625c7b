// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One interleaving, as the places where it departs from an order that needs no words: a thread goes
 * on until it waits, and then the first that can goes on.
 *
 * <p>As text: {@code oldest 12:1 40:2} is the order that prefers the thread begun first, but at
 * decision 12 takes the second of those that can go on, and at decision 40 the third.
 *
 * @param order      who is first
 * @param deviations in the order of their decisions
 */
record Schedule(Order order, List<Deviation> deviations) {
    /** Which thread goes on when the running one cannot. */
    enum Order {
        /** The one that began first: guests come before the job. */
        OLDEST,
        /** The one that began last: requests come before the job, the job before guests. */
        NEWEST
    }

    /**
     * Another choice than the first.
     *
     * @param decision how many decisions between several threads came before; from 0
     * @param option   which of the threads that can go on; above 0
     */
    record Deviation(int decision, int option) {
        @Override
        public String toString() {
            return decision + ":" + option;
        }
    }

    /** The order as it is. */
    static Schedule of(Order order) {
        return new Schedule(order, List.of());
    }

    /**
     * What {@link #toString} gave.
     *
     * @throws IllegalArgumentException if it is not that
     */
    static Schedule parse(String text) {
        List<Deviation> deviations = new ArrayList<>();
        String[] words = text.split(" ");
        for (String word : List.of(words).subList(1, words.length)) {
            String[] parts = word.split(":");
            if (parts.length != 2) {
                throw new IllegalArgumentException("schedule '" + text + "': '" + word
                        + "': must be DECISION:OPTION");
            }
            deviations.add(new Deviation(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
        }
        return new Schedule(Order.valueOf(words[0].toUpperCase(Locale.ROOT)),
                List.copyOf(deviations));
    }

    /** The same with one deviation more, behind the others. */
    Schedule with(Deviation next) {
        return new Schedule(order,
                Stream.concat(deviations.stream(), Stream.of(next)).toList());
    }

    /** The first decision behind all deviations. */
    int next() {
        return deviations.isEmpty() ? 0 : deviations.getLast().decision() + 1;
    }

    @Override
    public String toString() {
        return Stream.concat(Stream.of(order.name().toLowerCase(Locale.ROOT)),
                deviations.stream().map(Deviation::toString)).collect(Collectors.joining(" "));
    }
}

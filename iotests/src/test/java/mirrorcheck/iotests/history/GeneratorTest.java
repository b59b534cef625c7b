// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.history.Step.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What histories are made of: always the same by seed, and everything there is. */
class GeneratorTest {
    private static final int HISTORIES = 2000;

    private static Stream<History> histories(Kind kind) {
        return LongStream.range(0, HISTORIES).mapToObj(seed -> Generator.make(kind, seed));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theSameSeedMakesTheSameHistory(Kind kind) {
        List<History> once = histories(kind).toList();
        assertEquals(once, histories(kind).toList());
        assertTrue(new HashSet<>(once.stream().map(History::steps).toList()).size()
                > HISTORIES * 9 / 10);
        for (Kind other : Kind.values()) {
            assertEquals(kind == other,
                    Generator.make(other, 7).steps().equals(once.get(7).steps()));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void rangesLieInsideOfTheImage(Kind kind) {
        histories(kind).forEach(history -> {
            long size = history.configuration().bytes();
            assertTrue(size > 0 && size % 512 == 0, history::toString);
            history.configuration().layout().forEach(piece ->
                    assertTrue(piece.range().end() <= size, history::toString));
            for (Step step : history.steps()) {
                if (step instanceof Step.Ranged ranged) {
                    assertTrue(ranged.range().end() <= size, history::toString);
                }
                if (step instanceof Step.Guest request && request.action() == Action.WRITE) {
                    assertTrue(request.pattern() >= 1 && request.pattern() <= 255,
                            history::toString);
                }
            }
        });
    }

    @Test
    void everyStepAndEveryOptionComes() {
        Set<String> steps = new TreeSet<>();
        Set<Action> actions = EnumSet.noneOf(Action.class);
        Set<String> options = new TreeSet<>();
        for (Kind kind : Kind.values()) {
            histories(kind).forEach(history -> {
                for (Step step : history.steps()) {
                    steps.add(step.getClass().getSimpleName());
                    if (step instanceof Step.Guest request) {
                        actions.add(request.action());
                    }
                }
                options.addAll(history.configuration().target().keySet());
                options.addAll(history.configuration().mirror().keySet());
            });
        }
        assertEquals(Stream.of(Step.class, Step.Ranged.class)
                .flatMap(type -> Stream.of(type.getPermittedSubclasses()))
                .filter(Class::isRecord).map(Class::getSimpleName).sorted().toList(),
                List.copyOf(steps));
        assertEquals(EnumSet.allOf(Action.class), actions);
        assertEquals("[buf-size, copy-mode, creation, detect-zeroes, discard, granularity, "
                + "on-source-error, on-target-error, sync, target-is-zero]", options.toString());
    }

    @Test
    void whatAnImplementationCannotIsLeftOut() {
        Set<Capability> few = EnumSet.of(Capability.COPY, Capability.JOB, Capability.GUEST,
                Capability.REQUESTS, Capability.GATES);
        for (Kind kind : Kind.values()) {
            histories(kind).forEach(history -> {
                Configuration less = history.configuration().within(few);
                assertEquals(Set.of(), less.needs(), less::toString);
                String script = ScriptWriter.write(history, few, "Few.", List.of());
                assertTrue(script.contains("needs:  'copy job guest requests"), script);
                assertEquals(-1, script.indexOf("write-blocking"), script);
            });
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.ImplementationEnded;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.judge.ContractViolation;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Skipped;
import mirrorcheck.iotests.run.TestContext;
import org.junit.jupiter.api.Test;

/** What becomes of a script whose implementation dies or fails. */
class StageTest {
    private final List<ContractViolation> violations = new ArrayList<>();
    private final List<Session> opened = new ArrayList<>();
    private final Stage stage = new Stage(context());

    private TestContext context() {
        return fake(TestContext.class, (name, argument) -> switch (name) {
            case "adapter" -> adapter();
            case "scratch" -> Path.of("scratch");
            case "violation" -> violations.add((ContractViolation) argument);
            case "isBroken" -> !violations.isEmpty();
            default -> null;
        });
    }

    private Adapter adapter() {
        return new Adapter() {
            @Override
            public String name() {
                return "dies";
            }

            @Override
            public Set<Capability> capabilities() {
                return Set.of();
            }

            @Override
            public Session open(Path scratch, Runnable progress) {
                opened.add(fake(Session.class, (name, argument) -> null));
                return opened.getLast();
            }
        };
    }

    private interface Answer {
        Object to(String name, Object argument);
    }

    private static <T> T fake(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> method.getName().equals("equals")
                        ? proxy == arguments[0] : answer.to(method.getName(),
                        arguments == null ? null : arguments[0])));
    }

    private Object dies(String subject) {
        return stage.asking(subject, () -> {
            throw new ImplementationEnded("gone", null);
        });
    }

    @Test
    void aDeathIsToldOnceAndAnotherImplementationStarted() {
        Session first = stage.session();
        assertThrows(Skipped.class, () -> dies("guest write"));
        assertEquals(List.of("SAFE-1"),
                violations.stream().map(ContractViolation::rule).toList());
        assertNotSame(first, stage.session());
    }

    @Test
    void whoLearnsOfADeathLateDoesNotTakeTheNextImplementationForTheDeadOne() throws Exception {
        stage.session();
        CountDownLatch asks = new CountDownLatch(1);
        CountDownLatch learns = new CountDownLatch(1);
        FutureTask<Skipped> late = new FutureTask<>(() -> assertThrows(Skipped.class,
                () -> stage.asking("late", () -> {
                    asks.countDown();
                    try {
                        learns.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    throw new ImplementationEnded("gone", null);
                })));
        Thread.ofPlatform().daemon().start(late);
        asks.await();

        assertThrows(Skipped.class, () -> dies("guest write"));
        Session second = stage.session();
        learns.countDown();
        late.get();

        assertSame(second, stage.session());
        assertEquals(1, violations.size());
    }

    @Test
    void aFailureIsTheHarnesssUnlessARuleWasBrokenBefore() {
        Session first = stage.session();
        assertThrows(HarnessError.class, this::fails);
        assertSame(first, stage.session());

        stage.violation("DATA-1", "target", "differs", "the source");
        assertThrows(Skipped.class, this::fails);
        assertNotSame(first, stage.session());
    }

    private Object fails() {
        return stage.trying("close target", () -> {
            throw new IOException("in use");
        });
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import mirrorcheck.engine.schedule.Explorer.Broken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The scheduler on small programs whose interleavings can be counted. */
@Timeout(20)
class BatonTest {
    private static BatonLock lock(Baton baton, String name) {
        return new BatonLock(baton, name, () -> false);
    }

    @Test
    void theSearchComesToEveryInterleavingOnce() {
        Set<String> seen = new HashSet<>();
        Explorer explorer = new Explorer(baton -> {
            StringBuilder order = new StringBuilder();
            for (String name : new String[] {"a", "b"}) {
                baton.spawn(name, () -> {
                    order.append(name);
                    baton.point("between");
                    order.append(name);
                    baton.point("between");
                    order.append(name);
                });
            }
            return () -> seen.add(order.toString());
        });
        explorer.searchAll(5);

        // 6 over 3, once from each of the two orders.
        assertEquals(20, seen.size());
        assertEquals(40, explorer.schedules());
    }

    @Test
    void aLostUpdateIsFound() {
        Broken found = assertThrows(Broken.class, () -> new Explorer(baton -> {
            int[] counter = new int[1];
            for (String name : new String[] {"a", "b"}) {
                baton.spawn(name, () -> {
                    int value = counter[0];
                    baton.point("between");
                    counter[0] = value + 1;
                });
            }
            return () -> assertEquals(2, counter[0]);
        }).searchAll(2));

        assertEquals("oldest 1:1", found.schedule().toString());
        assertTrue(found.getMessage().contains("a: begins\n  b: begins\n  b: between"),
                found::getMessage);
    }

    @Test
    void twoLocksInTwoOrdersAreADeadlock() {
        Broken found = assertThrows(Broken.class, () -> new Explorer(baton -> {
            BatonLock first = lock(baton, "first");
            BatonLock second = lock(baton, "second");
            baton.spawn("a", () -> both(first, second));
            baton.spawn("b", () -> both(second, first));
            return () -> { };
        }).searchAll(2));

        assertTrue(found.getMessage().contains("deadlock: [a lock second, b lock first]"),
                found::getMessage);
    }

    private static void both(BatonLock outer, BatonLock inner) {
        outer.lock();
        try {
            inner.lock();
            inner.unlock();
        } finally {
            outer.unlock();
        }
    }

    @Test
    void aSignalThatComesBeforeTheWaitIsLost() {
        Broken found = assertThrows(Broken.class, () -> new Explorer(baton -> {
            BatonLock lock = lock(baton, "lock");
            Condition condition = lock.newCondition();
            baton.spawn("waiter", () -> {
                lock.lock();
                condition.awaitUninterruptibly();
                lock.unlock();
            });
            baton.spawn("signaller", () -> {
                lock.lock();
                condition.signal();
                lock.unlock();
            });
            return () -> { };
        }).searchAll(2));

        assertTrue(found.getMessage().contains("deadlock: [waiter wait lock]"), found::getMessage);
    }

    @Test
    void timePassesWhenNobodyCanDoAnythingElse() {
        Explorer explorer = new Explorer(baton -> {
            BatonLock lock = lock(baton, "lock");
            Condition condition = lock.newCondition();
            long[] woken = new long[1];
            baton.spawn("waiter", () -> {
                lock.lock();
                condition.await(5, TimeUnit.SECONDS);
                woken[0] = baton.nanoTime();
                lock.unlock();
            });
            baton.spawn("other", () -> baton.point("between"));
            return () -> assertEquals(5_000_000_000L, woken[0]);
        });
        explorer.searchAll(3);

        assertTrue(explorer.schedules() > 2, "schedules: " + explorer.schedules());
    }

    @Test
    void aRunThatDoesNotEndIsGivenUp() {
        Broken found = assertThrows(Broken.class, () -> new Explorer(baton -> {
            baton.spawn("spinner", () -> {
                while (true) {
                    baton.point("again");
                }
            });
            return () -> { };
        }).searchAll(0));

        assertTrue(found.getMessage().contains("run does not end: 20001 points"),
                found::getMessage);
    }

    @Test
    void whatAThreadThrowsIsTold() {
        Broken found = assertThrows(Broken.class, () -> new Explorer(baton -> {
            baton.spawn("thrower", () -> {
                throw new IllegalStateException("thrown");
            });
            return () -> { };
        }).searchAll(0));

        assertTrue(found.getMessage().contains("IllegalStateException: thrown"),
                found::getMessage);
    }

    @Test
    void aScheduleThatIsNoneIsRefused() {
        assertEquals("schedule 'oldest 1:1 x': 'x': must be DECISION:OPTION",
                assertThrows(IllegalArgumentException.class,
                        () -> Schedule.parse("oldest 1:1 x")).getMessage());
        assertEquals("newest 1:1 30:2", Schedule.parse("newest 1:1 30:2").toString());
    }

    @Test
    void aScheduleOfAnotherScenarioIsRefused() {
        Explorer explorer = new Explorer(baton -> {
            baton.spawn("a", () -> { });
            baton.spawn("b", () -> { });
            return () -> { };
        });

        assertTrue(assertThrows(IllegalStateException.class,
                () -> explorer.replay(Schedule.parse("oldest 9:1"))).getMessage()
                .startsWith("schedule 'oldest 9:1': came out as 'oldest': "));
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import mirrorcheck.iotests.host.Clock;
import org.junit.jupiter.api.Test;

/** When the watchdog bites, on a clock that does during each wait what the test says. */
class WatchdogTest {
    private final CountDownLatch done = new CountDownLatch(1);
    private final Deque<Runnable> during = new ArrayDeque<>();
    private final List<Long> waits = new ArrayList<>();
    private long now = 1000;

    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public boolean await(CountDownLatch latch, long nanos) {
            waits.add(nanos);
            long until = now + nanos;
            if (!during.isEmpty()) {
                during.poll().run();
            }
            if (latch.getCount() == 0) {
                return true;
            }
            now = until;
            return false;
        }

        @Override
        public long millisSinceStart() {
            return 0;
        }
    };

    @Test
    void bitesAfterTheTimeoutWithoutASign() throws InterruptedException {
        assertFalse(new Watchdog(clock, 100).await(done));
        assertEquals(List.of(100L), waits);
    }

    @Test
    void waitsForTheRestAfterASign() throws InterruptedException {
        Watchdog watchdog = new Watchdog(clock, 100);
        during.add(() -> {
            now += 70;
            watchdog.progress();
            now -= 70;
        });
        assertFalse(watchdog.await(done));
        assertEquals(List.of(100L, 70L), waits);
        assertEquals(1170, now);
    }

    /** A sign at the end of each of the next waits. */
    private void showTwentyTimes(Runnable sign) {
        for (int i = 0; i < 20; i++) {
            during.add(() -> {
                now += 99;
                sign.run();
                now -= 99;
            });
        }
    }

    @Test
    void bitesATestThatIsBusyButTakesNoStep() throws InterruptedException {
        Watchdog watchdog = new Watchdog(clock, 100);
        showTwentyTimes(watchdog::progress);
        assertFalse(watchdog.await(done));
        assertEquals("requests, but no step for 0 s", watchdog.why());
        assertEquals(1500, now);
    }

    @Test
    void letsATestGoOnThatTakesSteps() throws InterruptedException {
        Watchdog watchdog = new Watchdog(clock, 100);
        showTwentyTimes(watchdog::step);
        assertFalse(watchdog.await(done));
        assertEquals("no progress for 0 s", watchdog.why());
        assertTrue(now > 1000 + 20 * 99, "bit at " + now);
    }

    @Test
    void staysQuietWhenTheTestEnds() throws InterruptedException {
        Watchdog watchdog = new Watchdog(clock, 100);
        during.add(done::countDown);
        assertTrue(watchdog.await(done));
    }
}

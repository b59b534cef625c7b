// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import mirrorcheck.engine.mirror.Lanes.Request;
import org.junit.jupiter.api.Test;

/** Who gets a lane, who waits, and what a lane does when it is free again. */
class LanesTest {
    private final Deque<Runnable> threads = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private int spare = Integer.MAX_VALUE;
    private final Lanes lanes = new Lanes(task -> {
        if (threads.size() == spare) {
            throw new RejectedExecutionException("no thread");
        }
        threads.add(task);
    }, 2);

    private Request request(String name) {
        return () -> {
            done.add(name);
            return lanes.next();
        };
    }

    @Test
    void aLaneTakesWhatWaitsBeforeItEnds() {
        for (String name : List.of("a", "b", "c", "d")) {
            lanes.begin(request(name));
        }
        assertEquals(2, threads.size());

        threads.poll().run();
        assertEquals(List.of("a", "c", "d"), done);
        threads.poll().run();
        assertEquals(List.of("a", "c", "d", "b"), done);

        lanes.begin(request("e"));
        lanes.begin(request("f"));
        assertEquals(2, threads.size(), "both lanes are free again");
    }

    @Test
    void isShortUntilThereIsOneWaitingForEachLane() {
        lanes.begin(request("a"));
        lanes.begin(request("b"));
        lanes.begin(request("c"));
        assertTrue(lanes.isShort());
        lanes.begin(request("d"));
        assertFalse(lanes.isShort());
        lanes.next();
        assertTrue(lanes.isShort());
    }

    @Test
    void withoutAThreadForItARequestWaitsForTheLaneThereIs() {
        spare = 1;
        lanes.begin(request("a"));
        lanes.begin(request("b"));

        threads.poll().run();
        assertEquals(List.of("a", "b"), done);
    }

    @Test
    void withoutAnyThreadNothingBegins() {
        spare = 0;
        Request request = request("a");

        assertThrows(RejectedExecutionException.class, () -> lanes.begin(request));

        spare = 1;
        lanes.begin(request("b"));
        assertNull(lanes.next());
    }
}

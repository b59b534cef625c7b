// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import mirrorcheck.iotests.adapter.GuestDoor;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.broken.Catching.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mirrors that are wrong on purpose are caught, each by a directed script and with the rule it
 * breaks.
 */
class BrokenMirrorsTest {
    @TempDir
    private Path root;

    static Stream<Broken> mirrors() {
        return BrokenMirrors.all().stream();
    }

    @ParameterizedTest
    @MethodSource("mirrors")
    void isCaughtByItsRule(Broken broken) throws IOException {
        // What hangs is waited for; whoever is merely slow gets the time.
        String timeout = broken.rule().equals("LIVE-1") ? "5s" : "20s";
        Verdict verdict = Catching.run(root, broken, timeout, List.of(broken.script()));
        assertEquals(1, verdict.code(), verdict.text());
        assertTrue(verdict.broken().getOrDefault(broken.script(), Set.of())
                .contains(broken.rule()), verdict.text());
    }

    @Test
    void theRightMirrorPassesTheSameWay() throws IOException {
        Broken right = new Broken("-", "nothing", Variation::new, "job/pause", "PAUSE-1");
        Verdict verdict = Catching.run(root, right, "20s", List.of("job/pause",
                "guest/unaligned-active-writes", "fault/every-request"));
        assertEquals(0, verdict.code(), verdict.text());
    }

    @Test
    void whatCannotBeClosedAfterARuleWasBrokenIsNoFaultOfTheHarness() throws IOException {
        AtomicInteger sessions = new AtomicInteger();
        Broken broken = new Broken("-", "its first session loses writes and closes nothing",
                () -> Variation.session(engine -> sessions.getAndIncrement() > 0 ? engine
                        : new LosesAndKeeps(engine)), "fault/fails-under-writes", "DATA-3");
        Verdict verdict = Catching.run(root, broken, "20s", List.of(broken.script()));
        assertEquals(1, verdict.code(), verdict.text());
        assertEquals(Set.of("DATA-3"), verdict.broken().get(broken.script()), verdict.text());
        assertTrue(verdict.text().contains("29 passed, 1 failed"), verdict.text());
        assertTrue(verdict.text().contains("after a rule was broken: close target: kept"),
                verdict.text());
        assertEquals(2, sessions.get());
    }

    private static final class LosesAndKeeps extends AlteredSession {
        LosesAndKeeps(Session engine) {
            super(engine);
        }

        @Override
        public GuestDoor guest(String nodeName) throws IOException {
            return new Door(super.guest(nodeName)) {
                @Override
                public void write(long offset, byte[] from, Map<String, Boolean> flags) {
                    // Lost.
                }
            };
        }

        @Override
        public void closeNode(String nodeName) throws IOException {
            throw new IOException("kept");
        }
    }
}

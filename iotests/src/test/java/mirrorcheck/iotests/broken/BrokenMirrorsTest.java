// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
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
}

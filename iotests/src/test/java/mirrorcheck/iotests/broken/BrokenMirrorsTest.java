// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.mirror.Tracking;
import mirrorcheck.iotests.adapter.engine.EngineAdapter;
import mirrorcheck.iotests.host.Clock;
import mirrorcheck.iotests.run.Adapters;
import mirrorcheck.iotests.run.Check;
import mirrorcheck.iotests.run.SuiteTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mirrors that are wrong on purpose are caught, each by a directed script and with the rule it
 * breaks.
 */
class BrokenMirrorsTest {
    private static final Path PROJECT = Path.of("..");

    @TempDir
    private Path root;

    /**
     * A mirror that must be caught.
     *
     * @param name     what is wrong with it, with the bug of the catalogue it stands for
     * @param tracking its bookkeeping
     * @param script   the script that must catch it
     * @param rule     the rule the message must name
     */
    record Broken(String name, BiFunction<Geometry, Boolean, Tracking> tracking, String script,
            String rule) {
        @Override
        public String toString() {
            return name + ": " + script + " says " + rule;
        }
    }

    static Stream<Broken> mirrors() {
        return Stream.of(
                new Broken("zero bitmap never filled at the start", BrokenTracking.StartsEmpty::new,
                        "copy/mirror-sparse", "ZERO-1"),
                new Broken("zero bitmap not filled by pre-zeroing", BrokenTracking.StartsEmpty::new,
                        "copy/pre-zeroing", "PREZERO-2"),
                new Broken("B03 no zero bitmap", BrokenTracking.NoZeroBitmap::new,
                        "copy/mirror-sparse", "ZERO-1"),
                new Broken("B02 zero at the start, zero for ever", BrokenTracking.ZeroForEver::new,
                        "guest/data-and-zeroes", "ZERO-2"),
                new Broken("zero bit not cleared before a copy",
                        (geometry, zeroes) -> new BrokenTracking.NotCleared(geometry, zeroes, true),
                        "guest/data-and-zeroes", "ZERO-2"),
                new Broken("zero bit not cleared before an active write",
                        (geometry, zeroes) ->
                        new BrokenTracking.NotCleared(geometry, zeroes, false),
                        "guest/data-and-zeroes", "ZERO-2"),
                new Broken("N01 zero bits cleared inwards", BrokenTracking.ClearedInwards::new,
                        "guest/short-writes", "ZERO-2"),
                new Broken("zero bit not set after a background zero write",
                        BrokenTracking.JobZeroesForgotten::new,
                        "guest/redundant-zeroes", "ZERO-4"),
                new Broken("zero bit not set after an active zero write",
                        BrokenTracking.GuestZeroesForgotten::new,
                        "guest/redundant-zeroes", "ZERO-4"),
                new Broken("N02 zero bits set outwards", BrokenTracking.SetOutwards::new,
                        "guest/short-zeroes", "ZERO-3"),
                new Broken("B01 short zeroes upset the zero bitmap", BrokenTracking.NoGuard::new,
                        "guest/short-zeroes", "GUEST-2"),
                new Broken("B07 an active write cleans what it does not cover",
                        BrokenTracking.CleanedOutwards::new,
                        "guest/unaligned-active-writes", "DATA-6"),
                new Broken("N06 a chunk is clean when its copy ends",
                        BrokenTracking.CleanedAfterCopy::new,
                        "guest/lost-update", "DATA-4"),
                new Broken("B05 guest writes unseen at the start", BrokenTracking.BlindAtStart::new,
                        "guest/start", "DATA-5"),
                new Broken("N07 partial last chunk lost", BrokenTracking.LastChunkLost::new,
                        "copy/tail", "DATA-1"));
    }

    @ParameterizedTest
    @MethodSource("mirrors")
    void isCaughtByItsRule(Broken broken) throws IOException {
        Result result = check(broken.script, broken.tracking);
        assertEquals(1, result.code, result.text);
        assertTrue(result.text.matches("(?s).*\\n" + broken.rule + " (MUST|SHOULD): broken in .*"),
                result.text);
    }

    @Test
    void theRightMirrorPassesTheSameWay() throws IOException {
        Result result = check("guest/unaligned-active-writes", Tracking::new);
        assertEquals(0, result.code, result.text);
    }

    private record Result(int code, String text) {
    }

    /**
     * Runs one script, in a suite that holds nothing else, so that nothing is written into the
     * project.
     */
    private Result check(String script, BiFunction<Geometry, Boolean, Tracking> tracking)
            throws IOException {
        for (String file : new String[] {"common.groovy", "iotests/CONTRACT.md",
                "iotests/tests/" + script + ".groovy",
            "golden-outputs/" + script + ".out"}) {
            Files.createDirectories(root.resolve(file).getParent());
            Files.copy(PROJECT.resolve(file), root.resolve(file));
        }
        MirrorParts parts = MirrorParts.standard().withTracking(tracking);
        Adapters adapters =
                new Adapters(Map.of("broken", () -> new EngineAdapter("broken", parts)));
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
        Check check = new Check(new SuiteTree(root), adapters, Clock.system(), Map.of(), out, out);
        int code = check.run("--adapter", "broken", "--timeout", "20s", script);
        return new Result(code, text.toString(StandardCharsets.UTF_8));
    }
}

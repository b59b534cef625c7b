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
import java.util.Set;
import java.util.stream.Stream;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.adapter.engine.EngineAdapter;
import mirrorcheck.iotests.host.Clock;
import mirrorcheck.iotests.run.Adapters;
import mirrorcheck.iotests.run.Check;
import mirrorcheck.iotests.run.SuiteTree;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mirrors that get layers and clusters wrong are caught, each by a directed script and with the
 * rule it breaks.
 */
class BrokenChainsTest {
    private static final Path PROJECT = Path.of("..");
    private static final String NAME = "broken";
    private static final MirrorParts PARTS = MirrorParts.standard();

    @TempDir
    private Path root;

    /**
     * A mirror that must be caught.
     *
     * @param bug     what is wrong with it, with the bug of the catalogue it stands for
     * @param adapter the mirror
     * @param script  the script that must catch it
     * @param rule    the rule the message must name
     */
    record Broken(String bug, Adapter adapter, String script, String rule) {
        @Override
        public String toString() {
            return bug + ": " + script + " says " + rule;
        }
    }

    private static Adapter with(MirrorParts parts) {
        return new EngineAdapter(NAME, parts);
    }

    private static Adapter above(EngineAdapter.Above nodes) {
        return new EngineAdapter(NAME, PARTS, nodes);
    }

    static Stream<Broken> mirrors() {
        return Stream.of(
                new Broken("B20 a target that sync=top promises nothing of is zeroed",
                        new TopTakenForFull(), "copy/pre-zeroing", "PREZERO-1"),
                new Broken("B20 sync=top taken for full without a backing file",
                        new TopTakenForFull(), "chain/granularity", "DATA-2"),
                new Broken("B26 a layer goes on behind its end",
                        above(BrokenChains.EndlessLayer::above), "chain/depth", "CHAIN-3"),
                new Broken("N09 the first byte of a chunk speaks for all of it",
                        above(BrokenChains.FirstByteSpeaks::above), "chain/granularity", "DATA-1"),
                new Broken("B33 the first copy into a cluster is not widened",
                        with(PARTS.withClusters(BrokenChains.JobNotWidened::new)),
                        "chain/target-backing", "CHAIN-4"),
                new Broken("B32 the first active write into a cluster is not widened",
                        with(PARTS.withClusters(BrokenChains.GuestsNotWidened::new)),
                        "chain/target-backing", "CHAIN-4"),
                new Broken("N05 the zero bitmap does not follow a widened copy",
                        with(PARTS.withTracking(BrokenChains.RestStaysZero::new)),
                        "chain/widened-zeroes", "CHAIN-4"));
    }

    /** The engine, asked for sync=full wherever a script asks for top. */
    private static final class TopTakenForFull implements Adapter {
        private final Adapter engine = with(PARTS);

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<Capability> capabilities() {
            return engine.capabilities();
        }

        @Override
        public Session open(Path scratch, Runnable progress) throws IOException {
            return BrokenChains.topTakenForFull(engine.open(scratch, progress));
        }
    }

    @ParameterizedTest
    @MethodSource("mirrors")
    void isCaughtByItsRule(Broken broken) throws IOException {
        for (String file : new String[] {"common.groovy", "iotests/CONTRACT.md",
                "iotests/tests/" + broken.script + ".groovy",
            "golden-outputs/" + broken.script + ".out"}) {
            Files.createDirectories(root.resolve(file).getParent());
            Files.copy(PROJECT.resolve(file), root.resolve(file));
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
        Check check = new Check(new SuiteTree(root), new Adapters(Map.of(NAME, broken::adapter)),
                Clock.system(), Map.of(), out, out);
        int code = check.run("--adapter", NAME, "--timeout", "20s", broken.script);
        String said = text.toString(StandardCharsets.UTF_8);
        assertEquals(1, code, said);
        assertTrue(said.matches("(?s).*\\n" + broken.rule + " (MUST|SHOULD): broken in .*"), said);
    }
}

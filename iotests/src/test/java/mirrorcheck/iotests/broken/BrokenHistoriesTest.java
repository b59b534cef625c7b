// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mirrorcheck.iotests.broken.Catching.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random histories find mirrors that are wrong on purpose, and shrink what they found to a script of
 * a few steps that fails by the same rule on the same mirror, and passes on the right one.
 */
class BrokenHistoriesTest {
    private static final int MOST_STEPS = 6;
    private static final String FOUND = "guest/found";
    private static final Pattern SHRUNK = Pattern.compile("shrunk from [0-9]+ steps to ([0-9]+)");
    private static final Broken RIGHT =
            new Broken("-", "nothing", Variation::new, "job/pause", "PAUSE-1");

    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            zeroes shorter than a chunk upset the zero bitmap  | zeroes | GUEST-2
            zero at the start, zero for ever                   | zeroes | DATA-1
            there is no zero bitmap                            | writes | ZERO-1
            zero writes unmap without leave                    | faults | ALLOC-1
            zero where any child is zero                       | faults | DATA-1
            """)
    void findsAndShrinksWhatIsWrong(String what, String kind, String rule) throws IOException {
        Broken broken = BrokenMirrors.all().stream().filter(one -> one.what().equals(what))
                .findFirst().orElseThrow();
        String test = "guest/random-" + kind;
        Verdict verdict = run(broken, test, "--histories", "50");
        assertEquals(1, verdict.code(), verdict.text());
        assertTrue(verdict.broken().get(test).contains(rule), verdict.text());
        Matcher shrunk = SHRUNK.matcher(verdict.text());
        assertTrue(shrunk.find() && Integer.parseInt(shrunk.group(1)) <= MOST_STEPS,
                verdict.text());

        String script = Files.readString(script(kind, rule));
        assertTrue(verdict.text().contains("    " + script.strip().replace("\n", "\n    ")),
                verdict.text());
        put("iotests/tests/" + FOUND + ".groovy", script);
        put("golden-outputs/" + FOUND + ".out", "");
        Verdict right = run(RIGHT, FOUND, "--bless");
        assertEquals(0, right.code(), right.text());
        Verdict again = run(broken, FOUND);
        assertEquals(1, again.code(), again.text());
        assertTrue(again.broken().getOrDefault(FOUND, Set.of()).contains(rule), again.text());
    }

    @Test
    void oneThatHangsIsNamedAndTheOthersGoOn() throws IOException {
        Broken waits = BrokenMirrors.all().stream().filter(one -> one.bug().equals("B12"))
                .findFirst().orElseThrow();
        Verdict verdict = Catching.run(root, waits, "2s", List.of("guest/random-verbs"),
                List.of("--seed", "2", "--histories", "4"));
        assertEquals(1, verdict.code(), verdict.text());
        assertEquals(Set.of("LIVE-1"), verdict.broken().get("guest/random-verbs"), verdict.text());
        assertTrue(verdict.text().contains("history of seed 4 (verbs): history: no progress"),
                verdict.text());
        assertTrue(verdict.text().contains("again: iotests/check --adapter broken --seed 4 "
                + "--histories 1 guest/random-verbs\n"), verdict.text());
        assertTrue(verdict.text().contains("1 of 4 histories broke a rule\n"), verdict.text());
    }

    private Verdict run(Broken mirror, String script, String... options) throws IOException {
        return Catching.run(root, mirror, "10s", List.of(script), List.of(options));
    }

    private Path script(String kind, String rule) throws IOException {
        Path scratch = root.resolve("iotests/target/scratch/guest/random-" + kind + "-broken-raw");
        try (Stream<Path> files = Files.list(scratch)) {
            return files.filter(file -> file.toString().endsWith("-" + rule + ".groovy"))
                    .findFirst().orElseThrow();
        }
    }

    private void put(String file, String text) throws IOException {
        Files.writeString(root.resolve(file), text);
    }
}

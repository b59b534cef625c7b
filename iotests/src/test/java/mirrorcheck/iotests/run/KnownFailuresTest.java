// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Level;
import mirrorcheck.iotests.judge.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of what an implementation is known to do wrong. */
class KnownFailuresTest {
    private static final Map<String, Rule> RULES = Map.of(
            "ZERO-1", new Rule("ZERO-1", Level.SHOULD, "s", "s", "h"),
            "DATA-1", new Rule("DATA-1", Level.MUST, "s", "s", "h"));

    @TempDir
    private Path dir;

    private KnownFailures read(String text) throws IOException {
        Path file = dir.resolve("known-failures.txt");
        Files.writeString(file, text);
        return KnownFailures.read(file, "known-failures.txt", RULES);
    }

    @Test
    void aRuleIsKnownToFailInTheTestsItNames() throws IOException {
        KnownFailures known = read("# none\n\nZERO-1 copy/* no zero bitmap\n");
        assertEquals(Optional.of("known failure of ZERO-1: no zero bitmap"),
                known.reason("ZERO-1", "copy/tail"));
        assertEquals(Optional.empty(), known.reason("ZERO-1", "guest/tail"));
        assertEquals(Optional.empty(), known.reason("DATA-1", "copy/tail"));
        assertTrue(known.concern("copy/x"));
    }

    @Test
    void whatPassesIsReportedIfItRan() throws IOException {
        KnownFailures known = read("ZERO-1 copy/* a\nDATA-1 guest/x b\nDATA-1 guest/y c\n");
        known.reason("ZERO-1", "copy/tail");
        assertEquals(List.of("known failure DATA-1 guest/x: passes; take it off the list"),
                known.stale(List.of("copy/tail", "guest/x"), List.of()));
    }

    @Test
    void whatFailsOnlyAtTimesMayPass() throws IOException {
        KnownFailures known = read("ZERO-1? copy/* a\n");
        assertEquals(List.of(), known.stale(List.of("copy/tail"), List.of()));
        assertEquals(Optional.of("known failure of ZERO-1: a"),
                known.reason("ZERO-1", "copy/tail"));
    }

    @Test
    void whatPassesInPartOfItsTestsMayFailInTheOthers() throws IOException {
        KnownFailures known = read("ZERO-1 copy/* a\n");
        assertEquals(List.of(), known.stale(List.of("copy/a"), List.of("copy/b")));
    }

    @Test
    void aMissingFileKnowsNothing() {
        assertEquals(List.of(), KnownFailures.read(dir.resolve("no"), "no", RULES)
                .stale(List.of("copy/a"), List.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ZERO-1 copy/*     | 'ZERO-1 copy/*': must be RULE TESTS REASON
            ZERO-2? copy/* why | unknown rule 'ZERO-2'; did you mean 'ZERO-1'?
            ZERO-2 copy/* why | unknown rule 'ZERO-2'; did you mean 'ZERO-1'?
            """)
    void aBadLineIsNamed(String line, String message) {
        HarnessError e = assertThrows(HarnessError.class, () -> read("# first\n" + line + "\n"));
        assertEquals("known-failures.txt:2: " + message, e.getMessage());
    }
}

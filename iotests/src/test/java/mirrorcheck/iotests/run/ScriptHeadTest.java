// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.judge.HarnessError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of a script without running it. */
class ScriptHeadTest {
    private static final String HEAD = """
            // SPDX-License-Identifier: Apache-2.0
            //
            // A mirror leaves its target sparse.
            // More.

            about groups: 'rw  auto',
                  rules:  'ZERO-1 ' +
                          "ZERO-3",
                  needs:  'copy'

            fact 'a', b: 'c'
            """;

    @Test
    void readsTitleWordsAndTheirLines() {
        ScriptHead head = ScriptHead.read("copy/x.groovy", HEAD);
        assertEquals("A mirror leaves its target sparse.", head.title());
        assertEquals(List.of("rw", "auto"), head.about().groups());
        assertEquals(List.of(new About.Word("ZERO-1", 7), new About.Word("ZERO-3", 8)),
                head.about().values().get("rules"));
        assertEquals(List.of("copy"), head.about().needs());
        assertEquals(List.of("raw"), head.about().source());
    }

    @Test
    void parenthesesAreAllowed() {
        ScriptHead head = ScriptHead.read("x", "// A.\nabout(groups: 'rw', rules: 'DATA-1')\n");
        assertEquals(List.of("DATA-1"), head.about().rules());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            groups: 'rw  auto'  | group: 'rw'     | 6: about: unknown key 'group'; did you mean 'groups'?
            'rw  auto'          | GROUPS          | 6: about groups: plain text in quotes expected
            "ZERO-3"            | "${rule}"       | 8: about rules: plain text in quotes expected
            'copy'              | 'copy           | 9: about needs: plain text in quotes expected
            'copy'              | 'copy', needs: 'job' | 9: about needs: given twice
            rules:              | rules           | 7: about rules: ':' expected
            about groups        | abut groups     | 1: about: missing at the head of the script
            """)
    void mistakesAreNamedWithTheirLine(String from, String to, String message) {
        HarnessError e = assertThrows(HarnessError.class,
                () -> ScriptHead.read("copy/x.groovy", HEAD.replace(from, to)));
        assertEquals("copy/x.groovy:" + message, e.getMessage());
    }

    @Test
    void aHeaderCommentIsNeeded() {
        HarnessError e = assertThrows(HarnessError.class,
                () -> ScriptHead.read("copy/x.groovy", "about groups: 'rw'\n"));
        assertEquals("copy/x.groovy:1: header: missing, "
                + "begin with a comment that says what is tested", e.getMessage());
    }

    @Test
    void whatTheScriptPassesIsCompared() {
        About about = ScriptHead.read("x", HEAD).about();
        assertEquals("", about.difference(
                Map.of("groups", "rw auto", "rules", "ZERO-1 ZERO-3", "needs", " copy ")));
        assertEquals("about rules: the script passed 'ZERO-1', "
                + "its head says 'ZERO-1 ZERO-3'; write plain text",
                about.difference(Map.of("groups", "rw auto", "rules", "ZERO-1", "needs", "copy")));
        assertEquals("about source: the script passed 'raw', its head says ''; write plain text",
                about.difference(
                Map.of("groups", "rw auto", "rules", "ZERO-1 ZERO-3", "needs", "copy", "source",
                "raw")));
    }
}

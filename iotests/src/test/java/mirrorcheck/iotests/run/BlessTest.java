// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What --bless writes, and what it refuses. */
class BlessTest {
    @TempDir
    private Path root;
    private SuiteKit suite;

    @BeforeEach
    void makeSuite() {
        suite = new SuiteKit(root);
    }

    @Test
    void writesTheGoldenOfANamedTestAndShowsTheDiff() {
        suite.script("copy/x", "fact 'new'\n").golden("copy/x", "old\n");
        assertEquals(1, suite.check("-j", "1", "copy/x"));
        assertTrue(suite.exists("golden-outputs/copy/x.out.actual"));
        assertEquals(0, suite.check("-j", "1", "--bless", "copy/x"));
        assertTrue(suite.out().contains("""
                copy/x  pass   1 passed  0.00 s
                    --- golden
                    +++ actual
                    @@ -1,1 +1,1 @@
                    -old
                    +new
                    bless: golden-outputs/copy/x.out: written
                """), suite.out());
        assertEquals("new\n", suite.read("golden-outputs/copy/x.out"));
        assertFalse(suite.exists("golden-outputs/copy/x.out.actual"));
        assertEquals(0, suite.check("-j", "1", "copy/x"));
    }

    @Test
    void writesAGoldenThatIsMissing() {
        suite.script("copy/x", "fact 'new'\n");
        assertEquals(0, suite.check("--bless", "iotests/tests/copy/x.groovy"));
        assertEquals("new\n", suite.read("golden-outputs/copy/x.out"));
    }

    @Test
    void refusesATestWithABrokenRule() {
        suite.script("copy/x", "fact 'new'\nviolate 'ZERO-1'\n").golden("copy/x", "old\n");
        assertEquals(1, suite.check("--bless", "copy/x"));
        assertTrue(suite.out()
                .contains("bless: refused: golden-outputs/copy/x.out: only a test whose "
                + "cases all ran and whose expectations all hold\n"), suite.out());
        assertEquals("old\n", suite.read("golden-outputs/copy/x.out"));
    }

    @Test
    void refusesATestWithASkippedCase() {
        suite.script("copy/x", "each(['a', 'b']) { if (it == 'a') skipCase 'needs more' }\n"
                + "fact 'new'\n").golden("copy/x", "old\n");
        assertEquals(0, suite.check("copy/x"), suite.out());
        suite.check("--bless", "copy/x");
        assertTrue(suite.out().contains("bless: refused"), suite.out());
        assertEquals("old\n", suite.read("golden-outputs/copy/x.out"));
    }

    @Test
    void refusesATestThatErrs() {
        suite.script("copy/x", "fact 'new'\nfactt 'more'\n").golden("copy/x", "old\n");
        assertEquals(2, suite.check("--bless", "copy/x"));
        assertTrue(suite.out().contains("bless: refused"), suite.out());
        assertEquals("old\n", suite.read("golden-outputs/copy/x.out"));
    }

    @Test
    void refusesToGuessWhichTests() {
        suite.script("copy/x", "fact 'new'\n").script("copy/y", "fact 'new'\n");
        assertEquals(2, suite.check("--bless"));
        assertEquals("check: --bless: name the tests whose goldens are to be written\n",
                suite.err());
        assertEquals(2, suite.check("--bless", "copy"));
        assertEquals("check: --bless copy: name single tests; it holds copy/x, copy/y\n",
                suite.err());
        assertFalse(suite.exists("golden-outputs"));
    }

    @Test
    void keepsAnUnchangedGolden() {
        suite.script("copy/x", "fact 'a'\n").golden("copy/x", "a\n");
        assertEquals(0, suite.check("--bless", "copy/x"));
        assertTrue(suite.out().contains("    bless: golden-outputs/copy/x.out: unchanged\n"),
                suite.out());
    }
}

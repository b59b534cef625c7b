// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The runner as a user meets it: whole output, exit codes, files. */
class CheckTest {
    @TempDir
    private Path root;
    private SuiteKit suite;

    @BeforeEach
    void makeSuite() {
        suite = new SuiteKit(root);
    }

    @Test
    void aTestThatPasses() {
        suite.script("copy/good", """
                fact 'source: 20 MiB'
                section 'first'
                fact 'target: sparse'
                section 'second'
                fact 'target: full'
                """);
        suite.golden("copy/good", """
                source: 20 MiB

                == first ==
                target: sparse

                == second ==
                target: full
                """);
        int code = suite.check("-j", "1");
        assertEquals("", suite.err());
        assertEquals("""
                adapter toy, 1 test, 1 job, seed 1, scratch iotests/target/scratch

                copy/good  pass   2 passed  0.00 s

                tests: 1 passed
                cases: 2 passed
                time: 1.50 s
                """, suite.out());
        assertEquals(0, code);
        assertFalse(suite.exists("iotests/target/scratch/copy"));
        assertFalse(suite.exists("golden-outputs/copy/good.out.actual"));
    }

    @Test
    void aRuleThatIsBroken() {
        suite.script("copy/bad", """
                section 'first'
                violate 'ZERO-1', 'allocated 20 MiB (full)'
                section 'second'
                fact 'target: full'
                """);
        suite.golden("copy/bad", "== first ==\n\n== second ==\ntarget: full\n");
        assertEquals(1, suite.check("-j", "1", "--seed", "7"));
        assertEquals("""
                adapter toy, 1 test, 1 job, seed 7, scratch iotests/target/scratch

                copy/bad  FAIL   1 passed, 1 failed  0.00 s
                    [first] target: allocated 20 MiB (full); expected sparse (ZERO-1)
                    if this fails, check: what writes zeroes.
                    again: iotests/check -raw --adapter engine --seed 7 copy/bad
                    scratch: iotests/target/scratch/copy/bad-engine-raw

                ZERO-1 SHOULD: broken in 1 case: A sparse source leaves a sparse target.
                not passed: copy/bad
                tests: 1 failed
                cases: 1 passed, 1 failed
                time: 1.50 s
                """, suite.out());
        assertTrue(suite.exists("iotests/target/scratch/copy/bad-engine-raw"));
    }

    @Test
    void aTranscriptThatDiffers() {
        suite.script("copy/differs", """
                section 'first'
                fact 'a'
                section 'second'
                fact 'observed'
                section 'third'
                """);
        suite.golden("copy/differs", "== first ==\na\n\n== second ==\nexpected\n\n== third ==\n");
        assertEquals(1, suite.check("-j", "1"));
        assertEquals("""
                adapter toy, 1 test, 1 job, seed 1, scratch iotests/target/scratch

                copy/differs  FAIL   2 passed, 1 failed  0.00 s
                    [second] golden line 5: 'observed'; expected 'expected'
                    if this fails, check: the diff; if the new text is right, bless it and say why in the commit
                    again: iotests/check -raw --adapter engine --seed 1 copy/differs
                    --- golden
                    +++ actual
                    @@ -2,6 +2,6 @@
                     a
                    \s
                     == second ==
                    -expected
                    +observed
                    \s
                     == third ==
                    actual: golden-outputs/copy/differs.out.actual; see it all with: diff -u \
                golden-outputs/copy/differs.out golden-outputs/copy/differs.out.actual
                    scratch: iotests/target/scratch/copy/differs-engine-raw

                not passed: copy/differs
                tests: 1 failed
                cases: 2 passed, 1 failed
                time: 1.50 s
                """, suite.out());
        assertEquals("== first ==\na\n\n== second ==\nobserved\n\n== third ==\n",
                suite.read("golden-outputs/copy/differs.out.actual"));

        suite.script("copy/differs", "section 'first'\nfact 'a'\n");
        suite.golden("copy/differs", "== first ==\na\n");
        assertEquals(0, suite.check("-j", "1"));
        assertFalse(suite.exists("golden-outputs/copy/differs.out.actual"), "deleted on success");
        assertFalse(suite.exists("iotests/target/scratch/copy"),
                "an earlier run's folder is removed after a pass");
    }

    @Test
    void everyReasonOfASkipIsGivenAtOnce() {
        suite.file("copy/needy", SuiteKit.HEAD.replace("'copy'", "'copy guest gates'")
                + "throw new Error('never run')\n");
        suite.golden("copy/needy", "");
        assertEquals(3, suite.check("-j", "1"));
        assertEquals("""
                copy/needy  skip   1 skipped  0.00 s
                    guest: adapter toy does not offer it
                    gates: adapter toy does not offer it
                """, tests());
    }

    @Test
    void aScriptMaySkipItself() {
        suite.script("copy/skips",
                "section 'first'\nfact 'a'\nsection 'second'\nskip 'no tool', 'no such file'\n");
        suite.golden("copy/skips", "== first ==\na\n\n== second ==\nb\n");
        assertEquals(0, suite.check("-j", "1"));
        assertEquals("copy/skips  pass   1 passed, 1 skipped  0.00 s\n", tests());
    }

    @Test
    void qcow2IsSkippedWithAllReasons() {
        suite.script("copy/a", "fact 'a'\n").golden("copy/a", "a\n");
        assertEquals(3, suite.check("-j", "1", "-qcow2"));
        assertEquals("""
                copy/a (qcow2)  skip   1 skipped  0.00 s
                    source format qcow2: the script runs with raw
                    format qcow2: adapter toy has no driver for it
                """, tests());
        assertEquals(0, suite.check("-j", "1", "-raw", "-qcow2"));
        assertTrue(suite.out().contains("tests: 1 passed, 1 skipped\n"), suite.out());
    }

    @Test
    void casesInsideASection() {
        suite.script("copy/cases", """
                section 'grid'
                each(['a', 'b', 'c']) { if (it == 'b') violate 'DATA-1', 'differs at 0', 'identical' }
                fact '2 of 3'
                """);
        suite.golden("copy/cases", "== grid ==\n3 of 3\n");
        assertEquals(1, suite.check("-j", "1"));
        assertTrue(tests().startsWith("""
                copy/cases  FAIL   2 passed, 2 failed  0.00 s
                    [grid / b] target: differs at 0; expected identical (DATA-1)
                    if this fails, check: the dirty bitmap.
                    again: iotests/check -raw --adapter engine --seed 1 copy/cases
                    [grid] golden line 2: '2 of 3'; expected '3 of 3'
                """), tests());
    }

    @Test
    void aRuleOfLevelCompatBindsOnlyThoseWhoClaimIt() {
        suite.script("copy/compat", "violate 'COMPAT-1'\nfact 'a'\n").golden("copy/compat", "a\n");
        assertEquals(0, suite.check("-j", "1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            factt 'a'                 | unknown word 'factt'; did you mean 'fact'?
            fact 1, 2                 | word 'fact': does not take (1, 2)
            fact sectoin              | unknown name 'sectoin'; did you mean 'section'?
            fact '1'.leng()           | unknown word 'leng' of String
            fact 1.chunks             | unknown name 'chunks' of Integer
            fact 'a\\tb'               | transcript: only one line of printable ASCII may be written: 'a\\tb'
            fact 'a '                 | transcript: trailing blank: 'a '
            violate 'ZERO-9'          | rule ZERO-9: not in iotests/CONTRACT.md; did you mean 'ZERO-1'?
            harness 'scratch: odd: 3' | scratch: odd: 3
            assert 1 == 2             | assertion failed: assert 1 == 2
            context.endCase()         | case: ended, but none had begun
            """)
    void mistakesNameScriptLineWordAndValue(String line, String message) {
        suite.script("copy/x", "section 'first'\n" + line + "\n").golden("copy/x", "== first ==\n");
        assertEquals(2, suite.check("-j", "1"));
        assertEquals("    [first] copy/x.groovy:8: " + message, tests().lines().toList().get(1));
    }

    @Test
    void aScriptThatDoesNotCompile() {
        suite.script("copy/x", "fact 'a'\nfact )\n").golden("copy/x", "a\n");
        assertEquals(2, suite.check("-j", "1"));
        assertTrue(tests().lines().toList().get(1)
                .startsWith("    [whole script] copy/x.groovy:8: does not compile: "),
                tests());
    }

    @Test
    void whatNobodyExpectedIsOurBugWithItsStackInAFile() {
        suite.script("copy/x", "String s = null\ns.length()\n").golden("copy/x", "");
        assertEquals(2, suite.check("-j", "1"));
        String line = tests().lines().toList().get(1);
        String bug = "    [whole script] copy/x.groovy:8: our bug: java.lang.NullPointerException";
        assertTrue(line.startsWith(bug), line);
        String file = "iotests/target/scratch/copy/x-engine-raw/stack-trace.txt";
        assertTrue(line.endsWith("; stack trace in " + file), line);
        assertTrue(suite.read("iotests/target/scratch/copy/x-engine-raw/stack-trace.txt")
                .contains("x.groovy:8"));
    }

    @Test
    void aHostThatIsFull() {
        suite.script("copy/x", "throw new IOException('pwrite: No space left on device')\n")
                .golden("copy/x", "");
        assertEquals(2, suite.check("-j", "1"));
        Path scratch = root.resolve("iotests/target/scratch/copy/x-engine-raw");
        assertEquals("    [whole script] copy/x.groovy:7: scratch " + scratch + ": full; "
                + "name another with --scratch DIR or MIRRORCHECK_SCRATCH: "
                + "pwrite: No space left on device", tests().lines().toList().get(1));
    }

    @Test
    void theHeadMustBeWhatTheScriptPasses() {
        suite.file("copy/x", SuiteKit.HEAD.replace("needs:  'copy'", "needs:  'copy'")
                + "about groups: 'rw'\n");
        suite.golden("copy/x", "");
        assertEquals(2, suite.check("-j", "1"));
        assertEquals("    [whole script] copy/x.groovy:7: about groups: the script passed 'rw', "
                + "its head says 'auto quick'; "
                + "write plain text", tests().lines().toList().get(1));
    }

    @Test
    void aMissingGoldenIsWrittenBesideItsPlace() {
        suite.script("copy/x", "fact 'a'\n");
        assertEquals(2, suite.check("-j", "1"));
        assertEquals("    [golden] golden missing: golden-outputs/copy/x.out; read "
                + "golden-outputs/copy/x.out.actual, then "
                + "iotests/check --bless copy/x", tests().lines().toList().get(1));
        assertEquals("a\n", suite.read("golden-outputs/copy/x.out.actual"));
        assertFalse(suite.exists("golden-outputs/copy/x.out"));
    }

    @Test
    void aGoldenOfAVariantTakesTheGeneralOnesPlace() {
        suite.script("copy/x", "fact 'a'\n").golden("copy/x", "b\n").golden("copy/x.engine", "a\n");
        assertEquals(0, suite.check("-j", "1"));
        suite.golden("copy/x.engine", "c\n");
        assertEquals(1, suite.check("-j", "1"));
        assertTrue(suite.exists("golden-outputs/copy/x.engine.out.actual"));
    }

    @Test
    void whatIsWrongWithTheTreeIsTold() {
        suite.script("copy/good", "fact 'a'\n").golden("copy/good", "a\n");
        suite.file("copy/head", SuiteKit.HEAD.replace("ZERO-1", "ZER-1")).golden("copy/gone", "")
                .golden("copy/good.qcow2", "");
        assertEquals(2, suite.check("-j", "1"));
        assertTrue(suite.out().contains("""
                set-up: copy/head.groovy:4: about rules: unknown rule 'ZER-1'; did you mean 'ZERO-1'?
                set-up: golden-outputs/copy/gone.out: golden without a script
                tests: 1 passed
                """), suite.out());
        assertEquals(0, suite.check("-j", "1", "copy/good"), "only what was named counts");
    }

    /** What the text report says of tests. */
    private String tests() {
        String[] parts = suite.out().split("\n\n");
        return parts.length > 1 ? parts[1] + (parts[1].endsWith("\n") ? "" : "\n") : suite.err();
    }
}

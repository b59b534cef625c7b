// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertFalse(suite.exists("iotests/target/scratch/copy"), "an earlier run's folder is removed after a pass");
    }
}

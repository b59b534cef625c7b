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
}

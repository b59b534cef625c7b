// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts that hang, and runs that are stopped. */
class HangTest {
    @TempDir
    private Path root;
    private SuiteKit suite;
    private Hang hang;

    @BeforeEach
    void makeSuite() {
        hang = Hang.begin();
        suite = new SuiteKit(root).clock(hang);
    }

    @Test
    void aHangFailsItsCaseAndTheRunGoesOn() {
        suite.script("copy/hangs", """
                context.onEnd { new File(context.scratch().toFile(), 'closed').text = 'yes' }
                section 'first'
                fact 'a'
                section 'second'
                mirrorcheck.iotests.run.Hang.here()
                """).golden("copy/hangs", "== first ==\na\n");
        suite.script("copy/next", "fact 'a'\n").golden("copy/next", "a\n");
        assertEquals(1, suite.check("-j", "1", "--timeout", "5m"));
        assertEquals("", suite.err());
        assertEquals("""
                adapter toy, 2 tests, 1 job, seed 1, scratch iotests/target/scratch

                copy/hangs  FAIL   1 passed, 1 failed  300.00 s
                    [second] no progress for 300 s; stacks in iotests/target/scratch/copy/hangs-engine-raw/threads.txt; \
                golden line 3: ''; expected the end
                    again: iotests/check -raw --adapter engine --seed 1 copy/hangs
                    --- golden
                    +++ actual
                    @@ -1,2 +1,4 @@
                     == first ==
                     a
                    +
                    +== second ==
                    actual: golden-outputs/copy/hangs.out.actual; see it all with: diff -u \
                golden-outputs/copy/hangs.out golden-outputs/copy/hangs.out.actual
                    scratch: iotests/target/scratch/copy/hangs-engine-raw
                copy/next   pass   1 passed  0.00 s

                not passed: copy/hangs
                tests: 1 passed, 1 failed
                cases: 2 passed, 1 failed
                time: 1.50 s
                """, suite.out());
        String stacks = suite.read("iotests/target/scratch/copy/hangs-engine-raw/threads.txt");
        assertTrue(stacks.contains("script copy/hangs: WAITING")
                && stacks.contains("mirrorcheck.iotests.run.Hang.here"),
                stacks);
        assertTrue(suite.exists("iotests/target/scratch/copy/hangs-engine-raw/closed"),
                "resources are closed");
    }

    @Test
    void aScriptThatIgnoresInterruptsHasItsResourcesClosed() {
        suite.script("copy/stubborn", """
                context.onEnd { mirrorcheck.iotests.run.Hang.free() }
                mirrorcheck.iotests.run.Hang.stubbornly()
                fact 'too late'
                """).golden("copy/stubborn", "");
        assertEquals(1, suite.check("-j", "1"));
        assertTrue(suite.out().contains("[whole script] no progress for 60 s"), suite.out());
        assertTrue(!suite.out().contains("too late") && !suite.out()
                .contains("could not be stopped"), suite.out());
    }

    @Test
    void aRunThatIsStoppedPrintsTheSummarySoFar() throws Exception {
        suite.script("copy/a", "fact 'a'\n").golden("copy/a", "a\n");
        suite.script("copy/b", """
                context.onEnd { new File(context.scratch().toFile(), 'closed').text = 'yes' }
                mirrorcheck.iotests.run.Hang.here()
                """).golden("copy/b", "");
        suite.script("copy/c", "fact 'a'\n").golden("copy/c", "a\n");
        suite.clock(new StoppedClock());
        FutureTask<Integer> run = new FutureTask<>(() -> suite.check("-j", "1"));
        Thread.ofPlatform().start(run);
        hang.awaitReached();
        suite.stop();
        assertEquals(130, run.get());
        assertEquals("""
                adapter toy, 3 tests, 1 job, seed 1, scratch iotests/target/scratch

                copy/a  pass   1 passed  0.00 s

                tests: 1 passed; interrupted: 2 not finished
                cases: 1 passed
                time: 1.50 s
                """, suite.out());
        assertTrue(suite.exists("iotests/target/scratch/copy/b-engine-raw/closed"),
                "resources are closed");
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same run, as TAP, JUnit XML and JSON. */
class ReportsTest {
    @TempDir
    private Path root;
    private SuiteKit suite;

    @BeforeEach
    void makeSuite() {
        suite = new SuiteKit(root);
        suite.script("copy/bad", """
                section 'a <b> & "c" #1'
                violate 'ZERO-1', 'allocated 20 MiB (full)'
                section 'second'
                fact 'observed'
                """).golden("copy/bad", "== a <b> & \"c\" #1 ==\n\n== second ==\nexpected\n");
        suite.script("copy/err", "section 'only'\nfactt 1\n").golden("copy/err", "== only ==\n");
        suite.script("copy/good", "section 'one'\nsection 'two'\n")
                .golden("copy/good", "== one ==\n\n== two ==\n");
        suite.file("copy/needy", SuiteKit.HEAD.replace("'copy'", "'guest'"))
                .golden("copy/needy", "");
    }

    @Test
    void tap() {
        assertEquals(1, suite.check("-j", "2", "-tap"));
        assertEquals("""
                TAP version 14
                1..4
                # adapter toy, seed 1
                # Subtest: copy/bad
                    1..2
                    not ok 1 - a <b> & "c" \\#1
                      ---
                      severity: fail
                      violations:
                        - rule: "ZERO-1"
                          level: SHOULD
                          check: "what writes zeroes."
                          subject: "target"
                          observed: "allocated 20 MiB (full)"
                          expected: "sparse"
                      again: "iotests/check -raw --adapter engine --seed 1 copy/bad"
                      details:
                        - "--- golden"
                        - "+++ actual"
                        - "@@ -1,4 +1,4 @@"
                        - " == a <b> & \\"c\\" #1 =="
                        - " "
                        - " == second =="
                        - "-expected"
                        - "+observed"
                        - "actual: golden-outputs/copy/bad.out.actual; see it all with: diff -u \
                golden-outputs/copy/bad.out golden-outputs/copy/bad.out.actual"
                        - "scratch: iotests/target/scratch/copy/bad-engine-raw"
                      ...
                    not ok 2 - second
                      ---
                      severity: fail
                      message: "golden line 4: 'observed'; expected 'expected'"
                      again: "iotests/check -raw --adapter engine --seed 1 copy/bad"
                      ...
                not ok 1 - copy/bad
                # Subtest: copy/err
                    1..1
                    not ok 1 - only
                      ---
                      severity: error
                      message: "copy/err.groovy:8: unknown word 'factt'; did you mean 'fact'?"
                      again: "iotests/check -raw --adapter engine --seed 1 copy/err"
                      details:
                        - "scratch: iotests/target/scratch/copy/err-engine-raw"
                      ...
                not ok 2 - copy/err
                # Subtest: copy/good
                    1..2
                    ok 1 - one
                    ok 2 - two
                ok 3 - copy/good
                # Subtest: copy/needy
                    1..1
                    ok 1 - whole script # SKIP guest: adapter toy does not offer it
                ok 4 - copy/needy # SKIP guest: adapter toy does not offer it
                """, suite.out());
    }

    @Test
    void junitXml() {
        assertEquals(1, suite.check("-j", "2", "--junit-xml", root.resolve("out/junit.xml")
                .toString()));
        assertEquals("""
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="6" failures="2" errors="1" skipped="1" time="1.500">
                  <testsuite name="copy/bad" tests="2" failures="2" errors="0" skipped="0" time="0.000">
                    <testcase classname="engine.raw.copy.bad" name="a &lt;b&gt; &amp; &quot;c&quot; #1" time="0.000">
                      <failure message="target: allocated 20 MiB (full); expected sparse (ZERO-1)" type="ZERO-1">\
                target: allocated 20 MiB (full); expected sparse (ZERO-1)
                again: iotests/check -raw --adapter engine --seed 1 copy/bad
                --- golden
                +++ actual
                @@ -1,4 +1,4 @@
                 == a &lt;b&gt; &amp; "c" #1 ==
                \s
                 == second ==
                -expected
                +observed
                actual: golden-outputs/copy/bad.out.actual; see it all with: diff -u \
                golden-outputs/copy/bad.out golden-outputs/copy/bad.out.actual
                scratch: iotests/target/scratch/copy/bad-engine-raw</failure>
                    </testcase>
                    <testcase classname="engine.raw.copy.bad" name="second" time="0.000">
                      <failure message="golden line 4: 'observed'; expected 'expected'" type="failed">\
                golden line 4: 'observed'; expected 'expected'
                again: iotests/check -raw --adapter engine --seed 1 copy/bad</failure>
                    </testcase>
                  </testsuite>
                  <testsuite name="copy/err" tests="1" failures="0" errors="1" skipped="0" time="0.000">
                    <testcase classname="engine.raw.copy.err" name="only" time="0.000">
                      <error message="copy/err.groovy:8: unknown word 'factt'; did you mean 'fact'?" type="errored">\
                copy/err.groovy:8: unknown word 'factt'; did you mean 'fact'?
                again: iotests/check -raw --adapter engine --seed 1 copy/err
                scratch: iotests/target/scratch/copy/err-engine-raw</error>
                    </testcase>
                  </testsuite>
                  <testsuite name="copy/good" tests="2" failures="0" errors="0" skipped="0" time="0.000">
                    <testcase classname="engine.raw.copy.good" name="one" time="0.000"/>
                    <testcase classname="engine.raw.copy.good" name="two" time="0.000"/>
                  </testsuite>
                  <testsuite name="copy/needy" tests="1" failures="0" errors="0" skipped="1" time="0.000">
                    <testcase classname="engine.raw.copy.needy" name="whole script" time="0.000">
                      <skipped message="guest: adapter toy does not offer it"/>
                    </testcase>
                  </testsuite>
                </testsuites>
                """, suite.read("out/junit.xml"));
    }

    @Test
    void json() {
        assertEquals(1, suite.check("-j", "2", "--seed", "9", "--json", root.resolve("out.json")
                .toString()));
        JsonNode run = JsonMapper.builder().build().readTree(suite.read("out.json"));
        assertEquals(9, run.get("seed").asInt());
        assertEquals(1, run.get("exit-code").asInt());
        assertEquals("[{\"rule\":\"ZERO-1\",\"level\":\"SHOULD\",\"cases\":1}]", run.get("rules")
                .toString());
        assertEquals("{\"rule\":\"ZERO-1\",\"subject\":\"target\","
                + "\"observed\":\"allocated 20 MiB (full)\",\"expected\":\"sparse\"}",
                run.at("/tests/0/cases/0/violations/0").toString());
        assertEquals("skipped", run.at("/tests/3/outcome").asString());
        assertEquals("guest: adapter toy does not offer it", run.at("/tests/3/cases/0/reasons/0")
                .asString());
    }

    @Test
    void aReportThatCannotBeWritten() {
        assertEquals(2, suite.check("--json", suite.tree.contract() + "/out.json"));
        assertTrue(suite.err().startsWith("check: --json "), suite.err());
    }
}

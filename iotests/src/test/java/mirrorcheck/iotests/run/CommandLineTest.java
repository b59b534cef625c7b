// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options, names, groups and shards. */
class CommandLineTest {
    @TempDir
    private Path root;
    private SuiteKit suite;

    @BeforeEach
    void makeSuite() {
        suite = new SuiteKit(root);
        suite.script("copy/a", "fact 'a'\n").golden("copy/a", "a\n");
        suite.script("copy/b", "fact 'a'\n").golden("copy/b", "a\n");
        suite.file("guest/c", SuiteKit.HEAD.replace("auto quick", "auto guest") + "fact 'a'\n")
                .golden("guest/c", "a\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            --blss           | unknown option '--blss'; did you mean '--bless'?; see iotests/check --help
            -q               | unknown option '-q'; did you mean '-g'?; see iotests/check --help
            -j 0             | -j 0: must be 1 or more
            -j x             | --jobs x: not a number
            -j               | --jobs: value missing; see iotests/check --help
            -g quik          | -g quik: unknown group; did you mean 'quick'?; there are: rw, auto, quick, matrix, job, \
            guest, chain, fault, engine, cross, random
            --adapter enigne | --adapter enigne: unknown adapter; did you mean 'engine'?; there are: engine, toy
            --timeout 5      | --timeout 5: unit missing, write 5s or 5m
            --timeout 0s     | --timeout 0s: must be greater than 0
            --timeout long   | --timeout long: not a length of time, write 5s or 5m
            --shard 3/2      | --shard 3/2: I must be 1 to 2
            --shard 2        | --shard 2: write I/N, such as 2/8
            --histories 0    | --histories 0: must be 1 or more
            --histories few  | --histories few: not a number
            copy/aa          | copy/aa: no such test; did you mean 'copy/a'?; iotests/check -n lists them
            --scratch gone   | scratch gone: no such directory
            new              | new: name one test: iotests/new copy/mirror-tail
            new Copy         | new Copy: bad name: write FOLDER/NAME of a-z, 0-9 and single dashes, such as copy/mirror-tail
            new copy/a       | new copy/a: iotests/tests/copy/a.groovy is there already
            """)
    void mistakesAreOneLineAndExitCode2(String arguments, String message) {
        assertEquals(2, suite.check(arguments.split(" ")));
        assertEquals("check: " + message + "\n", suite.err());
        assertEquals("", suite.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -n                              | copy/a copy/b guest/c
            -n copy                         | copy/a copy/b
            -n copy/                        | copy/a copy/b
            -n copy/b                       | copy/b
            -n guest copy/b                 | copy/b guest/c
            -n tests/copy/b.groovy          | copy/b
            -n iotests/tests/copy/b.groovy  | copy/b
            -n iotests/tests                | copy/a copy/b guest/c
            -n -g quick                     | copy/a copy/b
            -n -g quick,guest               | copy/a copy/b guest/c
            -n -g auto -x guest             | copy/a copy/b
            -n --shard 1/2                  | copy/a guest/c
            -n --shard 2/2                  | copy/b
            """)
    void whatIsChosen(String arguments, String names) {
        assertEquals(0, suite.check(arguments.split(" ")), suite.err());
        assertEquals(names, String.join(" ", suite.out().lines().map(line -> line.split(" ")[0])
                .toList()));
    }

    @Test
    void aPathToTheScriptIsItsName() {
        assertEquals(0, suite.check("-n", root.resolve("iotests/tests/guest/c.groovy").toString()));
        assertEquals("guest/c  auto,guest  Shows one thing.\n", suite.out());
    }

    @Test
    void shardsCoverEverythingOnce() {
        List<String> all = new ArrayList<>();
        for (String shard : new String[] {"1/3", "2/3", "3/3"}) {
            suite.check("-n", "-raw", "-qcow2", "--shard", shard);
            suite.out().lines().map(line -> line.split("  ")[0]).forEach(all::add);
        }
        assertEquals(List.of("copy/a", "copy/a (qcow2)", "copy/b", "copy/b (qcow2)", "guest/c",
                "guest/c (qcow2)"),
                all.stream().sorted().toList());
    }

    @Test
    void nothingToRunIsExitCode3() {
        assertEquals(3, suite.check("-g", "cross"));
        assertEquals(3, suite.check("-n", "-g", "cross"));
    }

    @Test
    void theRulesOfTheContract() {
        assertEquals(0, suite.check("--list-rules"));
        assertEquals("""
                DATA-1 MUST: The target reads the same.
                ZERO-1 SHOULD: A sparse source leaves a sparse target.
                COMPAT-1 COMPAT: The text is that of QEMU.
                """, suite.out());
    }

    @Test
    void aScratchDirectoryThatIsNone() {
        suite.environment("MIRRORCHECK_SCRATCH", suite.tree.contract().toString());
        assertEquals(2, suite.check());
        assertEquals("check: scratch " + suite.tree.contract() + ": no such directory\n",
                suite.err());
    }

    @Test
    void scratchFoldersAreKeptWhenAsked() {
        assertEquals(0, suite.check("--keep", "copy/a"));
        assertTrue(suite.exists("iotests/target/scratch/copy/a-engine-raw"));
        assertTrue(suite.out().contains("    scratch: iotests/target/scratch/copy/a-engine-raw\n"),
                suite.out());
    }

    @Test
    void aScratchDirectoryInUseIsLeftToItsUser() {
        try (Scratch _ = Scratch.open(suite.tree.target().resolve("scratch"))) {
            assertEquals(0, suite.check("--keep", "copy/a"));
        }
        assertTrue(suite.exists("iotests/target/scratch/run-2/copy/a-engine-raw"));
    }

    @Test
    void lastTimesStandBesideThisTime() {
        assertEquals(0, suite.check("copy/a"));
        assertFalse(suite.out().contains("last"), suite.out());
        assertEquals(0, suite.check("copy/a"));
        assertTrue(suite.out().contains("copy/a  pass   1 passed  0.00 s  last 0.00 s\n"),
                suite.out());
        assertTrue(suite.out().endsWith("time: 1.50 s  last 1.50 s\n"), suite.out());
    }

    @Test
    void manyTestsAtOnce() {
        for (int i = 0; i < 40; i++) {
            suite.script("many/t" + i,
                    "section 'one'\nfact \"file ${context.scratch().toFile().list().length}\"\n"
                    + "new File(context.scratch().toFile(), 'x').text = 'x'\n");
            suite.golden("many/t" + i, "== one ==\nfile 0\n");
        }
        assertEquals(0, suite.check("-j", "4", "many"), suite.out());
        assertTrue(suite.out().contains("tests: 40 passed\n"), suite.out());
        assertFalse(suite.exists("iotests/target/scratch/many"));
    }

    @Test
    void aNewTestIsFoundAndNamed() {
        assertEquals(0, suite.check("new", "copy/mirror-tail"));
        assertEquals("""
                wrote iotests/tests/copy/mirror-tail.groovy and golden-outputs/copy/mirror-tail.out
                next: edit the script; iotests/check copy/mirror-tail; read golden-outputs/copy/mirror-tail.out.actual; \
                iotests/check --bless copy/mirror-tail
                """, suite.out());
        assertEquals("", suite.read("golden-outputs/copy/mirror-tail.out"));
        assertEquals(0, suite.check("-n", "copy/mirror-tail"));
        assertEquals("copy/mirror-tail  rw,auto,quick  "
                + "One sentence: what a mirror must do here.\n", suite.out());
    }
}

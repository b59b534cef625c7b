// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import mirrorcheck.iotests.report.Tally;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several implementations side by side. */
@Timeout(60)
class CompareTest {
    @TempDir
    private Path root;
    private SuiteKit kit;

    @BeforeEach
    void suite() {
        kit = new SuiteKit(root);
        kit.script("copy/good", "fact 'a'\n").golden("copy/good", "a\n");
        kit.script("copy/wasteful", "violate 'ZERO-1'\n")
                .golden("copy/wasteful", "");
    }

    @Test
    void eachRuleIsARowAndEachImplementationAColumn() {
        assertEquals(Tally.VIOLATED, kit.check("--compare", "engine", "toy"));
        assertTrue(kit.out().endsWith("""
                | rule | level | engine | toy |
                | --- | --- | --- | --- |
                | DATA-1 | MUST | kept | kept |
                | ZERO-1 | SHOULD | broken in 1 | broken in 1 |
                | tests | | 1 passed, 1 failed | 1 passed, 1 failed |
                | cases | | 1 passed, 1 failed | 1 passed, 1 failed |
                | time | | 2 s | 0 s |
                """.replace("| | ", "|  | ")), kit.out());
    }

    @Test
    void whatIsKnownToBeBrokenIsSaidSoAndIsNoFailure() {
        SuiteKit.put(kit.tree.adapters().resolve("toy/known-failures.txt"),
                "ZERO-1 copy/* it fills holes\n");
        assertEquals(Tally.VIOLATED, kit.check("--compare", "engine", "toy"));
        assertTrue(kit.out().contains(
                "| ZERO-1 | SHOULD | broken in 1 | known to be broken in 1 |\n"), kit.out());
        assertEquals(Tally.PASSED, kit.check("--compare", "toy", "copy"));
        assertEquals(Tally.VIOLATED, kit.check("--compare", "--strict", "toy"));
    }

    @Test
    void namesOfTestsAndImplementationsAreToldApart() {
        assertEquals(Tally.PASSED, kit.check("--compare", "toy", "copy/good"));
        assertTrue(kit.out().contains("| tests |  | 1 passed |\n"), kit.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            copy     | --compare: name the implementations to compare: engine, toy, NAME=DAEMON
            tox      | --compare tox: neither an implementation nor a test; did you mean 'toy'?; \
            there are: engine, toy
            toy=nope | --compare toy=nope: nope: no such program
            """)
    void mistakesAreNamed(String name, String message) {
        assertEquals(Tally.BROKEN, kit.check("--compare", name));
        assertEquals("check: " + message + "\n", kit.err());
    }

    @Test
    void optionsOfASingleRunAreRefused() {
        assertEquals(Tally.BROKEN, kit.check("--compare", "toy", "--tap"));
        assertEquals("check: --compare: does not go with --tap\n", kit.err());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The format of CONTRACT.md. */
class ContractTest {
    private static final String RULE = """
            ### ZERO-1 (SHOULD)

            A sparse source leaves
            a sparse target.

            Source: QEMU, mirror-sparse;
            measured.
            If this fails, check: what writes zeroes,
            and whether it may unmap.
            """;

    @Test
    void readsRulesInTheirOrder() {
        String text = "# Title\nprose\n\n" + RULE.replace("ZERO-1 (SHOULD)", "DATA-2 (MUST)")
                + "\n## Zeroes\n\n" + RULE;
        Contract contract = Contract.parse("CONTRACT.md", text);
        assertEquals(List.of("DATA-2", "ZERO-1"), List.copyOf(contract.rules().keySet()));
        assertEquals(new Rule("ZERO-1", Level.SHOULD, "A sparse source leaves a sparse target.",
                "QEMU, mirror-sparse; measured.", "what writes zeroes, and whether it may unmap."),
                contract.rules().get("ZERO-1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            (SHOULD)              | (SHALL) | rule ZERO-1: level SHALL: must be MUST, SHOULD, COMPAT or MAY
            ZERO-1 (              | zero (  | '### zero (SHOULD)': must look like '### ZERO-1 (SHOULD)'
            If this fails, check: | Hint:   | rule ZERO-1: a sentence, 'Source:' and 'If this fails, check:' are needed
            Source:               | From:   | rule ZERO-1: a sentence, 'Source:' and 'If this fails, check:' are needed
            """)
    void whatIsIncompleteIsRefused(String from, String to, String message) {
        HarnessError e = assertThrows(HarnessError.class,
                () -> Contract.parse("CONTRACT.md", "# Title\n\n" + RULE.replace(from, to)));
        assertEquals("CONTRACT.md:3: " + message, e.getMessage());
    }

    @Test
    void aRuleMayBeGivenOnce() {
        HarnessError e = assertThrows(HarnessError.class,
                () -> Contract.parse("CONTRACT.md", RULE + RULE));
        assertEquals("CONTRACT.md:10: rule ZERO-1: given twice", e.getMessage());
    }
}

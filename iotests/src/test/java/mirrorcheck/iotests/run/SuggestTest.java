// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a misspelt word was meant to be. */
class SuggestTest {
    private static final List<String> WORDS = List.of("mirror", "section", "expectIdentical",
            "copy/mirror-sparse");

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            miror, mirror
            mriror, mirror
            MIRROR, mirror
            expectIdentcal, expectIdentical
            mirror-sparse, copy/mirror-sparse
            disk, -
            x, -
            """)
    void theClosestWordIsMeantIfItIsClose(String word, String meant) {
        assertEquals(meant, Suggest.closest(word, WORDS).orElse(null));
    }

    @ParameterizedTest
    @CsvSource({"'', '', 0", "a, '', 1", "abc, acb, 1", "abc, abd, 1", "kitten, sitting, 3"})
    void distancesAreSlips(String left, String right, int slips) {
        assertEquals(slips, Suggest.distance(left, right));
    }

    @Test
    void equalDistancesAreDecidedByTheAlphabet() {
        assertEquals("; did you mean 'bat'?", Suggest.didYouMean("zat", List.of("cat", "bat")));
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Outcomes of a product are told in as few words as a person would use, and always in the same
 * ones.
 */
class BoxesTest {
    private final Map<String, List<String>> axes = new LinkedHashMap<>();

    BoxesTest() {
        axes.put("creation", List.of("off", "full"));
        axes.put("discard", List.of("ignore", "unmap"));
        axes.put("zeroes", List.of("off", "on", "unmap"));
    }

    @Test
    void oneOutcomeIsOneBox() {
        assertEquals(List.of("12 cases: sparse", "  creation=* discard=* zeroes=*"),
                lines((creation, discard, zeroes) -> "sparse"));
    }

    @Test
    void aCornerIsTakenOut() {
        assertEquals(List.of("9 cases: sparse", "  creation=off discard=* zeroes=*",
                "  creation=* discard=unmap zeroes=*",
                        "3 cases: full", "  creation=full discard=ignore zeroes=*"),
                lines((creation, discard, zeroes) -> creation == 1 && discard == 0 ? "full"
                        : "sparse"));
    }

    @Test
    void aSingleCaseIsNamed() {
        assertEquals(List.of("11 cases: good", "  creation=* discard=* zeroes=off,on",
                        "  creation=* discard=ignore zeroes=*", "  creation=off discard=* zeroes=*",
                        "1 case: bad", "  creation=full discard=unmap zeroes=unmap"),
                lines((creation, discard, zeroes) ->
                        creation + discard + zeroes == 4 ? "bad" : "good"));
    }

    @Test
    void combinationsThatWereLeftOutAreNotTold() {
        Boxes boxes = new Boxes(axes);
        for (int creation = 0; creation < 2; creation++) {
            boxes.add(List.of(creation, 1, 2), "punched");
            for (int discard = 0; discard < 2; discard++) {
                for (int zeroes = 0; zeroes < 2; zeroes++) {
                    boxes.add(List.of(creation, discard, zeroes), "kept");
                }
            }
        }
        assertEquals(List.of("2 cases: punched", "  creation=* discard=unmap zeroes=unmap",
                "8 cases: kept", "  creation=* discard=* zeroes=off,on"), boxes.lines());
    }

    private interface Rule {
        String outcome(int creation, int discard, int zeroes);
    }

    private List<String> lines(Rule rule) {
        Boxes boxes = new Boxes(axes);
        for (int creation = 0; creation < 2; creation++) {
            for (int discard = 0; discard < 2; discard++) {
                for (int zeroes = 0; zeroes < 3; zeroes++) {
                    boxes.add(List.of(creation, discard, zeroes),
                            rule.outcome(creation, discard, zeroes));
                }
            }
        }
        return boxes.lines();
    }
}

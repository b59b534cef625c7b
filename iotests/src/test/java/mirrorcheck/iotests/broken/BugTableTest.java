// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mirrorcheck.iotests.judge.Contract;
import mirrorcheck.iotests.run.Discovery;
import mirrorcheck.iotests.run.SuiteTree;
import mirrorcheck.iotests.run.TestScript;
import org.junit.jupiter.api.Test;

/**
 * The table of bugs in CONTRACT.md says of rules and tests what they say of themselves, and each bug
 * that is shown has a broken mirror that is caught so.
 */
class BugTableTest {
    private static final Pattern ROW = Pattern.compile(
            "\\| ([BN][0-9]{2}) \\| ([^|]+) \\|([^|]*)\\| ([^|]+) \\| ([^|]+) \\|");
    private static final Pattern BUG = Pattern.compile("\\b[BN][0-9]{2}\\b");

    private final SuiteTree tree = new SuiteTree(Path.of(".."));
    private final String text;
    private final Contract contract;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Map<String, TestScript> scripts = new LinkedHashMap<>();

    private record Row(List<String> rules, List<String> tests) {
    }

    BugTableTest() throws IOException {
        text = Files.readString(tree.contract());
        contract = Contract.parse("CONTRACT.md", text);
        Matcher row = ROW.matcher(text);
        while (row.find()) {
            rows.put(row.group(1), new Row(words(row.group(4)), words(row.group(5))));
        }
        Discovery.of(tree, contract).scripts()
                .forEach(script -> scripts.put(script.name(), script));
    }

    private static List<String> words(String cell) {
        return cell.strip().equals("-") ? List.of() : List.of(cell.strip().split("\\s+"));
    }

    @Test
    void everyRuleAndTestExistsAndTheTestCitesTheRule() {
        List<String> problems = new ArrayList<>();
        rows.forEach((bug, row) -> {
            row.rules().stream().filter(rule -> !contract.rules().containsKey(rule))
                    .forEach(rule -> problems.add(bug + ": no such rule: " + rule));
            row.tests().stream().filter(test -> !scripts.containsKey(test))
                    .forEach(test -> problems.add(bug + ": no such test: " + test));
            Set<String> cited = new LinkedHashSet<>();
            row.tests().stream().filter(scripts::containsKey)
                    .forEach(test -> cited.addAll(scripts.get(test).about().rules()));
            row.rules().stream().filter(rule -> !cited.contains(rule))
                    .forEach(rule -> problems.add(bug + ": none of its tests cites " + rule));
        });
        assertEquals("", String.join("\n", problems));
    }

    @Test
    void everyBrokenMirrorIsInTheKillMatrixAndCaughtByItsRule() throws IOException {
        List<String> matrix = Files.readAllLines(Path.of("KILL-MATRIX.md"));
        List<String> problems = new ArrayList<>();
        for (Broken mirror : BrokenMirrors.all()) {
            String row = "| " + String.join(" | ", mirror.bug(), mirror.what(), mirror.script())
                    + " |";
            if (matrix.stream().noneMatch(line -> line.startsWith(row)
                    && words(line.substring(row.length()).split("\\|")[0])
                            .contains(mirror.rule()))) {
                problems.add(row + " " + mirror.rule());
            }
        }
        assertEquals("", String.join("\n", problems));
    }

    @Test
    void everyBugThatIsShownHasABrokenMirrorAndTheReverse() {
        List<String> problems = new ArrayList<>();
        Set<String> broken = new LinkedHashSet<>();
        for (Broken mirror : BrokenMirrors.all()) {
            broken.add(mirror.bug());
            Row row = rows.get(mirror.bug());
            if (row != null && !(row.tests().contains(mirror.script())
                    && row.rules().contains(mirror.rule()))) {
                problems.add(mirror + ": not so in the table");
            }
        }
        rows.forEach((bug, row) -> {
            if (row.tests().isEmpty() == broken.contains(bug)) {
                problems.add(bug + ": shown without a broken mirror, or the reverse");
            }
        });
        assertEquals("", String.join("\n", problems));
    }

    @Test
    void everyBugThatIsSpokenOfIsInTheTable() throws IOException {
        Set<String> missing = new LinkedHashSet<>();
        StringBuilder all = new StringBuilder(text);
        for (TestScript script : scripts.values()) {
            all.append(Files.readString(tree.tests().resolve(script.name() + ".groovy")));
        }
        Matcher bug = BUG.matcher(all);
        while (bug.find()) {
            if (!rows.containsKey(bug.group())) {
                missing.add(bug.group());
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void whatIsNotShownHasAReason() {
        String reasons = text.substring(text.indexOf("Not shown:"));
        List<String> unexplained = rows.entrySet().stream()
                .filter(row -> row.getValue().tests().isEmpty())
                .map(Map.Entry::getKey)
                .filter(bug -> !reasons.contains("- " + bug + ":")).toList();
        assertEquals(List.of(), unexplained);
    }
}

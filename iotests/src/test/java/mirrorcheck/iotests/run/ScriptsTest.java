// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mirrorcheck.iotests.host.Clock;
import mirrorcheck.iotests.report.CaseResult;
import mirrorcheck.iotests.report.Event;
import mirrorcheck.iotests.report.Outcome;
import mirrorcheck.iotests.report.TestResult;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;

/**
 * Every script of the suite on the default adapter, a container per script and a test per case.
 * They all run, in parallel as {@code iotests/check} runs them, before the first is reported.
 */
class ScriptsTest {
    private final SuiteTree tree = new SuiteTree(Path.of(".."));
    private final List<TestResult> results = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    @TestFactory
    Stream<DynamicNode> scripts() {
        if (!Files.isDirectory(tree.tests())) {
            return Stream.empty();
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
        Check check = new Check(tree, Adapters.standard(), Clock.system(), Map.of(), out, out);
        int code = check.run(this::note);
        DynamicTest setUp = dynamicTest("set-up", () -> {
            assertEquals(List.of(), problems);
            if (results.isEmpty()) {
                fail("exit code " + code + "\n" + text.toString(StandardCharsets.UTF_8));
            }
        });
        return Stream.concat(Stream.of(setUp), results.stream()
                .sorted(Comparator.comparing(result -> result.id().toString()))
                .map(this::container));
    }

    private void note(Event event) {
        if (event instanceof Event.TestFinished finished) {
            results.add(finished.result());
        } else if (event instanceof Event.RunFinished finished) {
            problems.addAll(finished.problems());
        }
    }

    private DynamicContainer container(TestResult result) {
        Path script = tree.tests().resolve(result.id().name() + ".groovy");
        return dynamicContainer(result.id().toString(), script.toUri(),
                result.cases().stream().map(one -> dynamicTest(one.name(), () -> judge(one,
                result))));
    }

    private static void judge(CaseResult one, TestResult result) {
        if (one.outcome() == Outcome.SKIPPED) {
            throw new TestAbortedException(one.why());
        }
        if (one.outcome() != Outcome.PASSED) {
            fail(one.why() + "\nagain: " + result.again() + "\n"
                    + String.join("\n", result.details()));
        }
    }
}

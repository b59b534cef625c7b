// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The line at the bottom of a terminal. */
class ProgressTest {
    private static final TestId A = new TestId("copy/a", "engine", "raw");
    private static final TestId B = new TestId("copy/b", "engine", "raw");
    private static final CaseResult PASSED =
            new CaseResult("case", Outcome.PASSED, List.of(), List.of(), List.of(), "",
                    0);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void isRewrittenInPlaceAndGoneAtTheEnd() {
        TextReport report = new TextReport(out, true, 30);
        report.on(new Event.RunStarted("engine", List.of(A, B), 2, 1, "scratch", List.of(),
                Map.of()));
        bytes.reset();
        report.on(new Event.TestStarted(A));
        assertEquals("\r\033[K[0/2] copy/a", taken());
        report.on(new Event.TestStarted(B));
        assertEquals("\r\033[K[0/2] copy/a, copy/b", taken());
        for (int i = 0; i < 20; i++) {
            report.on(new Event.CaseFinished(A, PASSED));
        }
        assertEquals("\r\033[K[0/2] copy/a (20), copy/b", taken());
        TestResult result = new TestResult(A, List.of(PASSED), 10, -1, "", List.of());
        report.on(new Event.TestFinished(result));
        assertEquals("\r\033[Kcopy/a  \033[32mpass \033[0m  1 passed  0.01 s\n"
                + "\r\033[K[1/2] copy/b", taken());
        report.on(new Event.RunFinished(1000, -1, false, List.of()));
        assertEquals("\r\033[K\ntests: 1 passed\ncases: 1 passed\ntime: 1.00 s\n", taken());
    }

    @Test
    void isCutToTheTerminal() {
        ProgressLine line = new ProgressLine(out, 12);
        line.on(new Event.TestStarted(A));
        assertEquals("\r\033[K[0/0] copy/", taken());
    }

    @Test
    void isNotThereWithoutATerminal() {
        ProgressLine line = new ProgressLine(out, 0);
        line.on(new Event.TestStarted(A));
        line.erase();
        assertEquals("", taken());
    }

    private String taken() {
        String text = bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
        bytes.reset();
        return text;
    }
}

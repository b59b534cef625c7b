// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often many gates are red, pair by pair. */
class GateRatesTest {
    @TempDir
    private Path dir;

    private Path report(String name, int writes, double... ratios) throws IOException {
        List<String> all = new ArrayList<>();
        for (double ratio : ratios) {
            all.add(Double.toString(ratio));
        }
        return Files.writeString(dir.resolve(name), """
                {"red": false, "mirrors": [{"name": "dense", "before": null,
                  "after": {"counts": {"dataWrites": %d}, "ratios": %s}}]}
                """.formatted(writes, all));
    }

    @Test
    void equalGatesAreGreenUntilOneIsMadeSlower() throws IOException {
        GateRates rates = GateRates.read(List.of(
                report("a", 1, 1.0, 1.01, 0.99, 1.02, 0.98, 1.0),
                report("b", 1, 1.01, 1.0, 0.99, 1.01, 0.99, 1.0),
                report("c", 1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)));

        assertEquals(6, rates.pairs());
        assertEquals(0, rates.red(0));
        assertEquals(6, rates.red(0.15));
    }

    @Test
    void aSlowGateIsRedAgainstTheOthersOnly() throws IOException {
        GateRates rates = GateRates.read(List.of(
                report("a", 1, 1.0, 1.01, 0.99, 1.02, 0.98, 1.0),
                report("b", 1, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3)));

        assertEquals(1, rates.red(0));
    }

    @Test
    void otherCountsAreRedBothWays() throws IOException {
        assertEquals(2, GateRates.read(List.of(report("a", 1, 1.0), report("b", 2, 1.0)))
                .red(0));
    }

    @Test
    void whatIsNoReportIsNamed() throws IOException {
        Path report = report("a", 1, 1.0);
        Path bad = Files.writeString(dir.resolve("bad"), "no");
        Path empty = Files.writeString(dir.resolve("empty"), "{}");

        for (Path one : List.of(bad, empty)) {
            String message = assertThrows(IOException.class,
                    () -> GateRates.read(List.of(report, one))).getMessage();
            assertTrue(message.startsWith(one + ": no report"), message);
        }
        Path missing = dir.resolve("missing");
        assertEquals(missing + ": no such file", assertThrows(IOException.class,
                () -> GateRates.read(List.of(report, missing))).getMessage());
        assertEquals("--rates: 1 report: expected 2 or more", assertThrows(IOException.class,
                () -> GateRates.read(List.of(report))).getMessage());
    }
}

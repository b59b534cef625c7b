// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table, in the order and with the rounding that readers compare. */
class LatencyTableTest {
    private static final String HEAD = " | writes | p50 us | p99 us | p99.9 us | max us "
            + "| READY after ms | engine's p99 to it |\n"
            + "| --- | --- | --- | --- | --- | --- | --- | --- |\n";

    /** Percentiles of which each is a round multiple of {@code micros}. */
    private static Percentiles times(long writes, long micros) {
        long nanos = micros * 1000;
        return new Percentiles(writes, nanos, 2 * nanos, 3 * nanos, 4 * nanos);
    }

    private static LatencySample sample(long alone, long mirrored, long readyMillis) {
        return new LatencySample(times(10, alone), times(20, mirrored), readyMillis * 1_000_000);
    }

    private static Map<String, List<LatencySample>> samples(List<LatencySample> engine,
            List<LatencySample> other) {
        Map<String, List<LatencySample>> samples = new LinkedHashMap<>();
        samples.put("engine", engine);
        samples.put("other", other);
        return samples;
    }

    @Test
    void oneTurnHasNoSpread() {
        assertEquals("| background, 1 MiB" + HEAD + """
                | engine | 20 | 30 | 60 | 90 | 120 | 7 | 1.00 |
                | engine, no mirror | 10 | 10 | 20 | 30 | 40 |  | 1.00 |
                | other | 20 | 40 | 80 | 120 | 160 | 9 | 0.75 |
                | other, no mirror | 10 | 5 | 10 | 15 | 20 |  | 2.00 |
                """, new LatencyTable("background, 1 MiB", 21, samples(List.of(sample(10, 30, 7)),
                        List.of(sample(5, 40, 9)))).toString());
    }

    @Test
    void ratiosAreThoseOfTheTurnsNotOfTheMedians() {
        List<LatencySample> engine = List.of(sample(1, 10, 1), sample(1, 20, 2), sample(1, 90, 3));
        List<LatencySample> other = List.of(sample(1, 20, 1), sample(1, 10, 2), sample(1, 30, 3));

        List<String> lines = new LatencyTable("x", 21, samples(engine, other)).toString().lines()
                .toList();

        assertEquals("| engine | 20 (20 to 20) | 20 (10 to 90) | 40 (20 to 180) | 60 (30 to 270) "
                + "| 80 (40 to 360) | 2 (1 to 3) | 1.00 (1.00 to 1.00) |", lines.get(2));
        assertEquals("| other | 20 (20 to 20) | 20 (10 to 30) | 40 (20 to 60) | 60 (30 to 90) "
                + "| 80 (40 to 120) | 2 (1 to 3) | 2.00 (0.50 to 3.00) |", lines.get(4));
    }

    @Test
    void aGuestThatStoppedBeforeReadyIsTold() {
        LatencySample whole = new LatencySample(times(10, 1), times(19, 1), 1);
        LatencySample stopped = sample(1, 1, 1);

        String table = new LatencyTable("x", 20, samples(List.of(whole, whole),
                List.of(whole, stopped))).toString();

        assertEquals(List.of("", "other: guest stopped at 20 writes in 1 of 2 turns"),
                table.lines().skip(6).toList());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Collection;
import mirrorcheck.engine.mirror.Plan.Action;
import mirrorcheck.engine.mirror.Plan.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks of parts, each with every parameter, for as long as it takes to check itself. */
@Timeout(60)
class SmallBenchmarksTest {
    @ParameterizedTest
    @CsvSource({"ZeroDetection, 9", "Plan, 4", "Nbd, 4"})
    void runsAndChecksItself(String name, int combinations) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                .include("mirrorcheck.bench." + name + "Benchmark")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(2)
                .measurementTime(TimeValue.milliseconds(20))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .timeout(TimeValue.seconds(30))
                .build()).run();

        assertEquals(combinations, results.size());
        results.forEach(result -> assertTrue(result.getPrimaryResult().getScore() > 0));
    }

    private static String complaint(Executable check) {
        return assertThrows(IllegalStateException.class, check).getMessage();
    }

    @Test
    void aRequestThatTheServerDidNotMeetIsFound() throws IOException {
        NbdBenchmark benchmark = new NbdBenchmark();
        benchmark.connect();
        try {
            benchmark.read();
            benchmark.check();
            benchmark.requests++;

            String complaint = complaint(benchmark::check);
            assertTrue(complaint.startsWith("nbd: expected "), complaint);
        } finally {
            benchmark.close();
        }
    }

    @Test
    void aWrongPlanIsFound() {
        PlanBenchmark benchmark = new PlanBenchmark();
        benchmark.work = PlanBenchmark.Work.MIXED;
        benchmark.mark();
        assertEquals(new Step(Action.COPY, 0, 65536), benchmark.next());
        assertEquals(new Step(Action.SKIP, 65536, 65536), benchmark.next());
        benchmark.check();
        benchmark.planned[Action.COPY.ordinal()]++;

        assertEquals("plan: MIXED: expected [1, 1, 0, 1] of [COPY, ZERO, DISCARD, SKIP]; found "
                + "[2, 0, 0, 1]", complaint(benchmark::check));
    }

    @Test
    void aWrongAnswerIsFound() {
        ZeroDetectionBenchmark benchmark = new ZeroDetectionBenchmark();
        benchmark.content = ZeroDetectionBenchmark.Content.LAST_BYTE;
        benchmark.bytes = 4096;
        benchmark.fill();
        try {
            assertFalse(benchmark.isZero());
            benchmark.check();
            benchmark.zeroes++;

            assertEquals("zero detection: LAST_BYTE, 4096 bytes: expected 0 buffers of zeroes in "
                    + "1; found 1", complaint(benchmark::check));
        } finally {
            benchmark.free();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each combination of parameters through JMH itself, at a size that takes no time. */
@Timeout(60)
class MirrorBenchmarkTest {
    @TempDir
    Path dir;

    @BeforeEach
    void nameScratch() {
        System.setProperty(ScratchDirectory.PROPERTY, dir.toString());
    }

    @AfterEach
    void forgetScratch() {
        System.clearProperty(ScratchDirectory.PROPERTY);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, delimiter = '|', textBlock = """
            source | tracking    | data | written  | zero | zeroed   | skipped  | source | target
            dense  | zero-bitmap | 20   | 20971520 | 0    | 0        | 0        | 21     | 1
            dense  | none        | 20   | 20971520 | 0    | 0        | 0        | 21     | 1
            holey  | zero-bitmap | 5    | 327680   | 0    | 0        | 20643840 | 20     | 1
            holey  | none        | 5    | 327680   | 5    | 20643840 | 0        | 20     | 1
            sparse | zero-bitmap | 0    | 0        | 0    | 0        | 20971520 | 3      | 1
            sparse | none        | 0    | 0        | 2    | 20971520 | 0        | 3      | 1
            """)
    void columnsAreTheCountsOfOneMirror(String source, String tracking, double dataWrites,
            double bytesWritten, double zeroWrites, double bytesZeroed, double skippedBytes,
            double sourceStatus, double targetStatus) throws RunnerException {
        Map<String, Double> columns = run(source, tracking, "20MiB");

        double allocated = columns.remove("allocatedBytes");
        assertEquals(Map.of("dataWrites", dataWrites, "bytesWritten", bytesWritten,
                "zeroWrites", zeroWrites, "bytesZeroed", bytesZeroed, "skippedBytes", skippedBytes,
                "sourceStatus", sourceStatus, "targetStatus", targetStatus), columns);
        assertTrue(allocated <= bytesWritten + bytesZeroed + (1 << 20), "allocated " + allocated);
        assertEquals(List.of(), List.of(dir.toFile().list()));
    }

    /** The scores of the secondary results, by column, over two forkless iterations. */
    private static Map<String, Double> run(String source, String tracking, String size)
            throws RunnerException {
        RunResult result = new Runner(new OptionsBuilder()
                .include(MirrorBenchmark.class.getName() + ".mirror")
                .forks(0)
                .warmupIterations(1)
                .measurementIterations(2)
                .param("source", source)
                .param("tracking", tracking)
                .param("size", size)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .timeout(TimeValue.seconds(30))
                .build()).runSingle();
        Map<String, Double> columns = new TreeMap<>();
        result.getSecondaryResults()
                .forEach((name, column) -> columns.put(name, column.getScore()));
        return columns;
    }
}

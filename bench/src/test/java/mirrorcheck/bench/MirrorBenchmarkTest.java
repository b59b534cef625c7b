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

    /** Bytes are in KiB; the last two columns are the block-status requests to both ends. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, delimiter = '|', textBlock = """
            source | tracking    | format       | data | written | zero | zeroed | skipped | in | to
            dense  | zero-bitmap | raw          | 20   | 20480   | 0    | 0      | 0       | 2  | 1
            dense  | none        | raw          | 20   | 20480   | 0    | 0      | 0       | 2  | 1
            holey  | zero-bitmap | raw          | 5    | 320     | 0    | 0      | 20160   | 10 | 1
            holey  | none        | raw          | 5    | 320     | 5    | 20160  | 0       | 10 | 1
            sparse | zero-bitmap | raw          | 0    | 0       | 0    | 0      | 20480   | 2  | 1
            sparse | none        | raw          | 0    | 0       | 2    | 20480  | 0       | 2  | 1
            holey  | zero-bitmap | qcow2-source | 5    | 320     | 0    | 0      | 0       | 15 | 1
            holey  | none        | qcow2-source | 5    | 320     | 0    | 0      | 0       | 15 | 1
            holey  | zero-bitmap | qcow2-target | 5    | 320     | 0    | 0      | 20160   | 10 | 2
            holey  | none        | qcow2-target | 5    | 320     | 5    | 20160  | 0       | 10 | 2
            holey  | zero-bitmap | qcow2-both   | 5    | 320     | 0    | 0      | 0       | 15 | 2
            holey  | none        | qcow2-both   | 5    | 320     | 0    | 0      | 0       | 15 | 2
            """)
    void columnsAreTheCountsOfOneMirror(String source, String tracking, String format,
            double dataWrites, double written, double zeroWrites, double zeroed, double skipped,
            double sourceStatus, double targetStatus) throws RunnerException {
        Map<String, Double> columns = run(source, tracking, format, "20MiB");

        double allocated = columns.remove("allocatedBytes");
        assertEquals(Map.of("dataWrites", dataWrites, "bytesWritten", written * 1024,
                "zeroWrites", zeroWrites, "bytesZeroed", zeroed * 1024,
                "skippedBytes", skipped * 1024, "sourceStatus", sourceStatus,
                "targetStatus", targetStatus), columns);
        assertTrue(allocated <= (written + zeroed + 1024) * 1024, "allocated " + allocated);
        assertEquals(List.of(), List.of(dir.toFile().list()));
    }

    /** The scores of the secondary results, by column, over two forkless iterations. */
    private static Map<String, Double> run(String source, String tracking, String format,
            String size) throws RunnerException {
        RunResult result = new Runner(new OptionsBuilder()
                .include(MirrorBenchmark.class.getName() + ".mirror")
                .forks(0)
                .warmupIterations(1)
                .measurementIterations(2)
                .param("source", source)
                .param("tracking", tracking)
                .param("format", format)
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

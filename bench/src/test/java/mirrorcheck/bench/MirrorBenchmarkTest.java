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
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each combination of parameters through JMH itself, at a size that takes no time. */
@Timeout(60)
class MirrorBenchmarkTest {
    private static final long M = 1 << 20;

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
            source | tracking     | format       | data | written | zero | zeroed | skipped | in | to
            dense  | zero-bitmap  | raw          | 20   | 20480   | 0    | 0      | 0       | 2  | 1
            dense  | none         | raw          | 20   | 20480   | 0    | 0      | 0       | 2  | 1
            dense  | block-status | raw          | 20   | 20480   | 0    | 0      | 0       | 2  | 1
            holey  | zero-bitmap  | raw          | 5    | 320     | 0    | 0      | 20160   | 10 | 1
            holey  | none         | raw          | 5    | 320     | 5    | 20160  | 0       | 10 | 1
            holey  | block-status | raw          | 5    | 320     | 0    | 0      | 20160   | 10 | 6
            sparse | zero-bitmap  | raw          | 0    | 0       | 0    | 0      | 20480   | 2  | 1
            sparse | none         | raw          | 0    | 0       | 2    | 20480  | 0       | 2  | 1
            sparse | block-status | raw          | 0    | 0       | 0    | 0      | 20480   | 2  | 3
            holey  | zero-bitmap  | qcow2-source | 5    | 320     | 0    | 0      | 0       | 15 | 1
            holey  | none         | qcow2-source | 5    | 320     | 0    | 0      | 0       | 15 | 1
            holey  | block-status | qcow2-source | 5    | 320     | 0    | 0      | 0       | 15 | 1
            holey  | zero-bitmap  | qcow2-target | 5    | 320     | 0    | 0      | 20160   | 10 | 2
            holey  | none         | qcow2-target | 5    | 320     | 5    | 20160  | 0       | 10 | 2
            holey  | block-status | qcow2-target | 5    | 320     | 0    | 0      | 20160   | 10 | 7
            holey  | zero-bitmap  | qcow2-both   | 5    | 320     | 0    | 0      | 0       | 15 | 2
            holey  | none         | qcow2-both   | 5    | 320     | 0    | 0      | 0       | 15 | 2
            small-extents | zero-bitmap  | raw   | 160  | 10240   | 0    | 0      | 10240   | 320 | 1
            small-extents | none         | raw   | 160  | 10240   | 160  | 10240  | 0       | 320 | 1
            small-extents | block-status | raw   | 160  | 10240   | 0    | 0      | 10240   | 320 | 161
            small-extents | zero-bitmap  | qcow2-both | 160 | 10240 | 0 | 0      | 0       | 480 | 2
            """)
    void columnsAreTheCountsOfOneMirror(String source, String tracking, String format,
            double dataWrites, double written, double zeroWrites, double zeroed, double skipped,
            double sourceStatus, double targetStatus) throws RunnerException {
        Map<String, Double> columns = run(Map.of("source", source, "tracking", tracking, "format",
                format, "size", "20MiB"));

        double allocated = columns.remove("allocatedBytes");
        assertEquals(Map.of("dataWrites", dataWrites, "bytesWritten", written * 1024,
                "zeroWrites", zeroWrites, "bytesZeroed", zeroed * 1024,
                "skippedBytes", skipped * 1024, "sourceStatus", sourceStatus,
                "targetStatus", targetStatus), columns);
        assertTrue(allocated <= (written + zeroed + 1024) * 1024, "allocated " + allocated);
        assertEquals(List.of(), List.of(dir.toFile().list()));
    }

    /** Whatever the tracking: which data is zero, only the target finds out. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, delimiter = '|', textBlock = """
            detect | tracking     | format       | data | zero | to | allocated
            off    | zero-bitmap  | raw          | 20   | 0    | 1  | 20
            off    | block-status | raw          | 20   | 0    | 1  | 20
            on     | zero-bitmap  | raw          | 0    | 20   | 1  | 20
            on     | none         | raw          | 0    | 20   | 1  | 20
            on     | block-status | raw          | 0    | 20   | 1  | 20
            unmap  | zero-bitmap  | raw          | 0    | 20   | 0  | 0
            unmap  | none         | raw          | 0    | 20   | 0  | 0
            unmap  | block-status | raw          | 0    | 20   | 0  | 0
            unmap  | zero-bitmap  | qcow2-both   | 0    | 20   | 0  | 0
            """)
    void zeroBytesAreFoundByTheTarget(String detect, String tracking, String format,
            double dataWrites, double zeroWrites, double targetStatus, long allocated)
            throws RunnerException {
        Map<String, Double> columns = run(Map.of("source", "allocated-zeroes", "tracking",
                tracking, "format", format, "detectZeroes", detect, "size", "20MiB"));

        assertEquals(Map.of("dataWrites", dataWrites, "bytesWritten", dataWrites * M,
                "zeroWrites", zeroWrites, "bytesZeroed", zeroWrites * M, "skippedBytes", 0.0,
                "targetStatus", targetStatus), counts(columns));
        assertEquals(allocated, Math.floor(columns.get("allocatedBytes") / M));
    }

    private static Map<String, Double> counts(Map<String, Double> columns) {
        Map<String, Double> counts = new TreeMap<>(columns);
        counts.keySet().removeAll(List.of("allocatedBytes", "sourceStatus"));
        return counts;
    }

    /** Sync and copy-mode cost nothing where nothing lies below and no guest writes. */
    @ParameterizedTest
    @CsvSource({"full, background, raw", "full, write-blocking, raw", "top, background, raw",
            "top, write-blocking, qcow2-source", "top, background, qcow2-target"})
    void syncAndCopyModeChangeNoCount(String sync, String copyMode, String format)
            throws RunnerException {
        Map<String, String> usual = Map.of("source", "holey", "tracking", "block-status", "format",
                format, "size", "20MiB");
        Map<String, String> other = new TreeMap<>(usual);
        other.putAll(Map.of("sync", sync, "copyMode", copyMode));

        assertEquals(counts(run(usual)), counts(run(other)));
    }

    /** The scores of the secondary results, by column, over two forkless iterations. */
    private static Map<String, Double> run(Map<String, String> parameters) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(MirrorBenchmark.class.getName() + ".mirror")
                .forks(0)
                .warmupIterations(1)
                .measurementIterations(2)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .timeout(TimeValue.seconds(30));
        parameters.forEach(options::param);
        RunResult result = new Runner(options.build()).runSingle();
        Map<String, Double> columns = new TreeMap<>();
        result.getSecondaryResults()
                .forEach((name, column) -> columns.put(name, column.getScore()));
        return columns;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.iotests.host.HostProbes;
import mirrorcheck.iotests.host.HostWord;
import mirrorcheck.iotests.image.ImageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What a guest costs that writes while its disk is mirrored, and who notices other costs. */
@Timeout(60)
class GuestMirrorTest {
    private static final long M = 1 << 20;
    private static final int CHUNK = 64 << 10;

    @TempDir
    Path dir;

    private boolean keepsZeroes() throws Exception {
        return !HostProbes.probe(dir).missing().containsKey(HostWord.ZERO_RANGE);
    }

    private GuestMirror mirror(TrackingStrategy tracking, CopyMode copyMode) throws Exception {
        return new GuestMirror(dir.resolve("source.raw"), dir.resolve("target.raw"), 8 * M,
                MirrorSettings.standard().withTracking(tracking).withCopyMode(copyMode));
    }

    /** Of one stride, on a host that zeroes a range, and on one that writes zero bytes. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, delimiter = '|', textBlock = """
            copyMode       | tracking     | keeps | data | zero | skipped | probes
            WRITE_BLOCKING | ZERO_BITMAP  | true  | 2    | 2    | 2       | 0
            WRITE_BLOCKING | NONE         | true  | 2    | 4    | 0       | 0
            WRITE_BLOCKING | BLOCK_STATUS | true  | 2    | 2    | 2       | 4
            WRITE_BLOCKING | BLOCK_STATUS | false | 2    | 3    | 1       | 4
            BACKGROUND     | ZERO_BITMAP  | true  | 1    | 1    | 2       | 0
            BACKGROUND     | NONE         | true  | 1    | 3    | 0       | 0
            BACKGROUND     | BLOCK_STATUS | true  | 1    | 1    | 2       | 3
            BACKGROUND     | BLOCK_STATUS | false | 4    | 0    | 0       | 0
            """)
    void costOfAStride(CopyMode copyMode, TrackingStrategy tracking, boolean keeps, long data,
            long zero, long skipped, long probes) {
        assertEquals(new Counts(data, data * CHUNK, zero, zero * CHUNK, skipped * CHUNK, probes),
                RedirtyingGuest.cost(tracking, copyMode, keeps));
    }

    /** The whole of it through JMH: 5 strides, of which 5 chunks were copied before. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, delimiter = '|', textBlock = """
            copyMode       | tracking     | guest probes | each
            write-blocking | zero-bitmap  | 0            | 0
            write-blocking | none         | 0            | 0
            write-blocking | block-status | 20           | 1
            background     | zero-bitmap  | 0            | 0
            background     | none         | 0            | 0
            background     | block-status | 0            | 0
            """)
    void columnsAreTheCountsOfOneMirror(String copyMode, String tracking, double guestProbes,
            double each) throws Exception {
        Map<String, Double> columns = run(copyMode, tracking);
        TrackingStrategy strategy = TrackingStrategy.of(tracking);
        Counts cost = Counts.expected(SourceShape.HOLEY.model(20 * M), ImageFormat.RAW,
                ImageFormat.RAW, MirrorSettings.standard().withTracking(strategy)).plus(
                RedirtyingGuest.cost(strategy, copyMode.equals("background")
                        ? CopyMode.BACKGROUND : CopyMode.WRITE_BLOCKING, keepsZeroes()).times(5));

        cost.byName().forEach((name, count) ->
                assertEquals(count.doubleValue(), columns.get(name), name));
        assertEquals(20, columns.get("guestZeroWrites"));
        assertEquals(guestProbes, columns.get("guestProbes"));
        assertEquals(each, columns.get("probesPerGuestZeroWrite"));
        assertEquals(List.of(), List.of(dir.toFile().list()));
    }

    private Map<String, Double> run(String copyMode, String tracking) throws Exception {
        System.setProperty(ScratchDirectory.PROPERTY, dir.toString());
        try {
            RunResult result = new Runner(new OptionsBuilder()
                    .include(GuestMirrorBenchmark.class.getName())
                    .forks(0)
                    .warmupIterations(1)
                    .measurementIterations(2)
                    .param("copyMode", copyMode)
                    .param("tracking", tracking)
                    .param("size", "20MiB")
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .timeout(TimeValue.seconds(30))
                    .build()).runSingle();
            Map<String, Double> columns = new TreeMap<>();
            result.getSecondaryResults()
                    .forEach((name, column) -> columns.put(name, column.getScore()));
            return columns;
        } finally {
            System.clearProperty(ScratchDirectory.PROPERTY);
        }
    }

    /** Zeroes over zeroes once more: a request more, or one more that was spared. */
    @ParameterizedTest
    @EnumSource
    void oneZeroWriteMoreIsFound(TrackingStrategy tracking) throws Exception {
        try (GuestMirror mirror = mirror(tracking, CopyMode.WRITE_BLOCKING);
                Attachment other = mirror.mirror().guest()) {
            mirror.begin();
            mirror.write();
            other.writeZeroes(M, CHUNK, Set.of());
            mirror.end();

            String complaint = complaint(mirror);
            assertTrue(complaint.startsWith("target: expected Counts["), complaint);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneLostWriteIsFound(CopyMode copyMode) throws Exception {
        try (GuestMirror mirror = mirror(TrackingStrategy.ZERO_BITMAP, copyMode)) {
            mirror.begin();
            mirror.end();

            String complaint = complaint(mirror);
            assertTrue(complaint.startsWith("target: expected Counts["), complaint);
        }
    }

    private String complaint(GuestMirror mirror) {
        return assertThrows(IllegalStateException.class, () -> mirror.check(keepsZeroes()))
                .getMessage();
    }

    @Test
    void theModelHoldsWhatTheGuestWrites() {
        ImageModel model = SourceShape.HOLEY.model(4 * M);
        new RedirtyingGuest(4 * M).write(model);

        ImageModel expected = new ImageModel(4 * M).write(3 * M, CHUNK, 0xa5);
        assertTrue(model.readsLike(expected), model.cells().toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -4194304, 1048576, 4194305})
    void otherSizesAreRefused(long size) {
        assertEquals("guest: size " + size + ": must be a multiple of 4194304 above 0",
                assertThrows(IllegalArgumentException.class, () -> new RedirtyingGuest(size))
                        .getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.engine.mirror.Sync;
import mirrorcheck.iotests.image.ImageModel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * A whole mirror on real files: start, copy, READY, complete, pivot.
 *
 * <p>The source is made once for each fork and stays in the page cache. Each invocation gets a new
 * sparse target and fresh nodes; to make, check and delete them is not measured. What is measured
 * includes the flush of the target before READY, so a slow disk is seen.
 *
 * <p>After each invocation the target is compared with the source, and the counts with what the
 * rules say ({@link Counts#expected}); one difference fails the run. The columns beside the time
 * are explained at {@link MirrorCounters}.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3)
@Measurement(iterations = 4)
@State(Scope.Thread)
public class MirrorBenchmark {
    /** Where the source holds data; see {@link SourceShape}. */
    @Param({"dense", "holey", "sparse", "small-extents", "allocated-zeroes"})
    private String source;

    /** How the mirror finds out which zeroes the target has; see {@link TrackingStrategy}. */
    @Param({"zero-bitmap", "none", "block-status"})
    private String tracking;

    /** Of the target: off, on or unmap; see {@link MirrorSettings}. */
    @Param("off")
    private String detectZeroes;

    /** What is copied: full or top. No source here lies upon another, so both are everything. */
    @Param("full")
    private String sync;

    /** When guest writes reach the target: background or write-blocking. No guest writes here. */
    @Param("background")
    private String copyMode;

    /** The formats of both images; see {@link FormatPair}. */
    @Param("raw")
    private String format;

    /** The size of both images, such as {@code 4GiB}, or that of the shape. */
    @Param(ImageSize.DEFAULT)
    private String size;

    private ScratchDirectory scratch;
    private SourceImage image;
    private ImageFormat targetFormat;
    private MirrorSettings settings;
    private WholeMirror mirror;
    /** What the first mirror asked the source; no rule says how much, but all must do the same. */
    private long sourceStatus;

    /**
     * Refuses parameters that make no sense and a scratch directory that is missing or too small,
     * then makes the source.
     */
    @Setup(Level.Trial)
    public void createSource(BenchmarkParams params) throws IOException {
        if (params.getThreads() != 1) {
            throw new IllegalArgumentException("-t " + params.getThreads()
                    + ": a mirror has threads of its own: expected 1");
        }
        SourceShape shape = SourceShape.of(source);
        FormatPair formats = FormatPair.of(format);
        long bytes = ImageSize.parse(size, shape.defaultSize());
        settings = settings();
        targetFormat = formats.target();
        ImageModel model = shape.model(bytes);
        Counts cost = Counts.expected(model, formats.source(), targetFormat, settings);
        scratch = ScratchDirectory.named();
        scratch.reserve(model.allocatedBytes() + cost.bytesWritten() + cost.bytesZeroed());
        image = SourceImage.create(scratch.image("source", formats.source()), formats.source(),
                shape, bytes);
        sourceStatus = -1;
    }

    private MirrorSettings settings() {
        return MirrorSettings.standard()
                .withTracking(TrackingStrategy.of(tracking))
                .withSync(Words.parse("sync", "sync", sync,
                        List.of(Sync.FULL, Sync.TOP)))
                .withCopyMode(Words.parse("copyMode", "copy-mode", copyMode,
                        List.of(CopyMode.values())))
                .withDetectZeroes(Words.parse("detectZeroes", "detect-zeroes", detectZeroes,
                        List.of(DetectZeroes.values())));
    }

    /** Makes the target. */
    @Setup(Level.Invocation)
    public void createTarget() throws IOException {
        mirror = new WholeMirror(image, scratch.image("target", targetFormat), targetFormat,
                settings);
    }

    /** From start to the end of the job. */
    @Benchmark
    public void mirror() throws IOException, InterruptedException {
        mirror.run();
    }

    /** Refuses the time of a mirror that did not do what it should, and deletes its target. */
    @TearDown(Level.Invocation)
    public void check(MirrorCounters counters, BenchmarkParams params) throws IOException {
        try (WholeMirror done = mirror) {
            done.check();
            if (sourceStatus >= 0 && sourceStatus != done.sourceStatus()) {
                throw new IllegalStateException("source: " + done.sourceStatus()
                        + " block-status requests; the first mirror made " + sourceStatus);
            }
            sourceStatus = done.sourceStatus();
            counters.record(done, params);
        }
    }

    /** Deletes the source. */
    @TearDown(Level.Trial)
    public void deleteSource() throws IOException {
        image.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
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
@Fork(4)
@Warmup(iterations = 3)
@Measurement(iterations = 4)
@State(Scope.Thread)
public class MirrorBenchmark {
    private static final String ZERO_BITMAP = "zero-bitmap";
    private static final String NONE = "none";

    /** Where the source holds data; see {@link SourceShape}. */
    @Param({"dense", "holey", "sparse"})
    private String source;

    /** Whether the mirror knows which chunks of the target are zero; without, it writes them. */
    @Param({ZERO_BITMAP, NONE})
    private String tracking;

    /** The formats of both images; see {@link FormatPair}. */
    @Param("raw")
    private String format;

    /** The size of both images, such as {@code 4GiB}, or that of the shape. */
    @Param(ImageSize.DEFAULT)
    private String size;

    private ScratchDirectory scratch;
    private SourceImage image;
    private ImageFormat targetFormat;
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
        long data = shape.model(bytes).allocatedBytes();
        scratch = ScratchDirectory.named();
        scratch.reserve(data + (hasZeroBitmap() ? data : bytes));
        targetFormat = formats.target();
        image = SourceImage.create(scratch.image("source", formats.source()), formats.source(),
                shape, bytes);
        sourceStatus = -1;
    }

    private boolean hasZeroBitmap() {
        return switch (tracking) {
            case ZERO_BITMAP -> true;
            case NONE -> false;
            default -> throw new IllegalArgumentException("tracking=" + tracking
                    + ": no such tracking: expected " + ZERO_BITMAP + " or " + NONE);
        };
    }

    /** Makes the target. */
    @Setup(Level.Invocation)
    public void createTarget() throws IOException {
        mirror = new WholeMirror(image, scratch.image("target", targetFormat), targetFormat,
                hasZeroBitmap());
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

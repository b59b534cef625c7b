// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.iotests.host.HostProbes;
import mirrorcheck.iotests.host.HostWord;
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
 * A guest that dirties its disk again while it is mirrored, with zeroes among it: what the mirror
 * costs the guest's writes, and what these cost the target. See {@link RedirtyingGuest}.
 *
 * <p>The time is that of the guest's writes alone; the counts are those of the whole mirror, and of
 * the guest beside. Content and counts are checked after each invocation, as in {@link
 * MirrorBenchmark}.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3)
@Measurement(iterations = 4)
@State(Scope.Thread)
public class GuestMirrorBenchmark {
    private static final long DEFAULT_SIZE = 256L << 20;

    /** When guest writes reach the target. */
    @Param({"background", "write-blocking"})
    private String copyMode;

    /** How the mirror finds out which zeroes the target has; see {@link TrackingStrategy}. */
    @Param({"zero-bitmap", "none", "block-status"})
    private String tracking;

    /** The size of both images, a multiple of 4 MiB, such as {@code 1GiB}, or 256 MiB. */
    @Param(ImageSize.DEFAULT)
    private String size;

    private ScratchDirectory scratch;
    private MirrorSettings settings;
    private long bytes;
    private boolean keepsZeroes;
    private GuestMirror mirror;

    /** Refuses parameters that make no sense and a scratch directory that is too small. */
    @Setup(Level.Trial)
    public void choose(BenchmarkParams params) throws IOException {
        if (params.getThreads() != 1) {
            throw new IllegalArgumentException("-t " + params.getThreads()
                    + ": the guest is one thread: expected 1");
        }
        settings = MirrorSettings.standard()
                .withTracking(TrackingStrategy.of(tracking))
                .withCopyMode(Words.parse("copyMode", "copy-mode", copyMode,
                        List.of(CopyMode.values())));
        bytes = ImageSize.parse(size, DEFAULT_SIZE);
        scratch = ScratchDirectory.named();
        scratch.reserve(2 * bytes);
        keepsZeroes = !HostProbes.probe(scratch.path()).missing().containsKey(HostWord.ZERO_RANGE);
    }

    /** Makes both images, and mirrors until READY. */
    @Setup(Level.Invocation)
    public void mirror() throws IOException, InterruptedException {
        mirror = new GuestMirror(scratch.image("guest-source", ImageFormat.RAW),
                scratch.image("guest-target", ImageFormat.RAW), bytes, settings);
        mirror.begin();
    }

    /** From the first write to the last. */
    @Benchmark
    public void guestRedirtied() throws IOException {
        mirror.write();
    }

    /** Completes the mirror, refuses one that did not do what it should, deletes the images. */
    @TearDown(Level.Invocation)
    public void check(MirrorCounters counters, GuestCounters guestCounters,
            BenchmarkParams params) throws IOException, InterruptedException {
        try (GuestMirror done = mirror) {
            done.end();
            done.check(keepsZeroes);
            counters.record(done.mirror(), params);
            guestCounters.record(done, params);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.Plan;
import mirrorcheck.engine.mirror.Plan.Action;
import mirrorcheck.engine.mirror.Plan.Step;
import mirrorcheck.engine.mirror.Tracking;
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

/**
 * What it costs a mirror to decide what it does next: the next dirty run, and the plan for it by
 * what the source has there and by what is known of the target. Of 8 GiB every second MiB is dirty,
 * in chunks of 64 KiB.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class PlanBenchmark {
    private static final long LENGTH = 8L << 30;
    private static final long RUN = 1L << 20;

    /** What there is to do; the plan has to find it out. */
    public enum Work {
        /** Data at the source, in runs of 1 MiB. */
        COPY(RUN, Action.COPY),
        /** Zeroes of which the target is not known to have any. */
        ZERO(RUN, Action.ZERO),
        /** Zeroes that the target is known to have. */
        SKIP(RUN, Action.SKIP),
        /** All that there is, in turns from chunk to chunk. */
        MIXED(64L << 10, Action.COPY, Action.SKIP, Action.ZERO, Action.DISCARD);

        private final long extent;
        private final List<Action> actions;

        Work(long extent, Action... actions) {
            this.extent = extent;
            this.actions = List.of(actions);
        }

        private Action at(long offset) {
            return actions.get((int) (offset % RUN / extent % actions.size()));
        }
    }

    /** What there is to do. */
    @Param
    Work work;

    private Geometry geometry;
    private Tracking tracking;
    private long cursor;
    /** Steps so far, by action. */
    long[] planned;

    /** Marks what is dirty and what is known to be zero. */
    @Setup
    public void mark() {
        geometry = Geometry.of(LENGTH, 0, 0, Limits.NONE);
        tracking = new Tracking(geometry, true);
        for (long run = 0; run < LENGTH; run += 2 * RUN) {
            tracking.found(run, RUN);
            for (long offset = run; offset < run + RUN; offset += work.extent) {
                if (work.at(offset) == Action.SKIP) {
                    tracking.zeroed(offset, work.extent);
                }
            }
        }
        planned = new long[Action.values().length];
        cursor = 0;
    }

    private Extent source(long offset) {
        BlockStatus status = switch (work.at(offset)) {
            case COPY -> BlockStatus.DATA;
            case ZERO, SKIP -> BlockStatus.ZERO;
            case DISCARD -> BlockStatus.UNDEFINED;
        };
        return new Extent(offset, work.extent, status);
    }

    /** What the mirror does next. */
    @Benchmark
    public Step next() {
        ChunkRange run = tracking.nextDirty(cursor, geometry.window());
        if (run == null) {
            run = tracking.nextDirty(0, geometry.window());
        }
        Step step = Plan.next(run.offset(), run.end(), source(run.offset()), geometry,
                tracking::knownZero);
        cursor = step.offset() + step.bytes();
        planned[step.action().ordinal()]++;
        return step;
    }

    /** Refuses the time of plans that were not those that had to be made. */
    @TearDown(Level.Iteration)
    public void check() {
        long steps = Arrays.stream(planned).sum();
        long[] expected = new long[planned.length];
        int kinds = work.actions.size();
        for (int i = 0; i < kinds; i++) {
            expected[work.actions.get(i).ordinal()] = (steps + kinds - 1 - i) / kinds;
        }
        if (!Arrays.equals(expected, planned)) {
            throw new IllegalStateException("plan: " + work + ": expected "
                    + Arrays.toString(expected) + " of " + Arrays.toString(Action.values())
                    + "; found " + Arrays.toString(planned));
        }
    }
}

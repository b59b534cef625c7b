// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.block.Zeroes;
import mirrorcheck.engine.host.Buffers;
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
 * What {@code detect-zeroes} costs a write: to look whether a buffer holds nothing but zeroes. The
 * buffer stays in the cache of the processor, as that of a copy does which was just read.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ZeroDetectionBenchmark {
    /** What the buffer holds. */
    public enum Content {
        /** Zeroes: all of it is looked at. */
        ZEROES,
        /** A first byte that is not zero: what data costs, as a rule. */
        FIRST_BYTE,
        /** A last byte that is not zero: the most that data can cost. */
        LAST_BYTE
    }

    /** What the buffer holds. */
    @Param
    Content content;

    /** The length of the buffer. */
    @Param({"4096", "65536", "1048576"})
    int bytes;

    private Arena arena;
    private MemorySegment buffer;
    private long calls;
    /** Buffers found to be zero so far. */
    long zeroes;

    /** Fills the buffer. */
    @Setup
    public void fill() {
        arena = Arena.ofConfined();
        buffer = Buffers.allocate(arena, bytes);
        switch (content) {
            case ZEROES -> { }
            case FIRST_BYTE -> buffer.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            case LAST_BYTE -> buffer.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 1);
        }
        calls = 0;
        zeroes = 0;
    }

    /** One look. */
    @Benchmark
    public boolean isZero() {
        boolean zero = Zeroes.isZero(buffer);
        calls++;
        zeroes += zero ? 1 : 0;
        return zero;
    }

    /** Refuses the time of a look that was wrong. */
    @TearDown(Level.Iteration)
    public void check() {
        long expected = content == Content.ZEROES ? calls : 0;
        if (zeroes != expected) {
            throw new IllegalStateException("zero detection: " + content + ", " + bytes
                    + " bytes: expected " + expected + " buffers of zeroes in " + calls
                    + "; found " + zeroes);
        }
    }

    /** Gives the buffer back. */
    @TearDown
    public void free() {
        arena.close();
    }
}

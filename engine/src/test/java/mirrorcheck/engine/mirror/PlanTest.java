// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;

import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.mirror.Plan.Action;
import mirrorcheck.engine.mirror.Plan.Step;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The plan as a table: a dirty run, the source's status at its start, what is known of the target;
 * one step.
 */
class PlanTest {
    private static final long K = 1024;

    @ParameterizedTest(name = "[{index}] {0} {1}+{2}K to {3}K, known zero {4}: {5} {6}K")
    @CsvSource(textBlock = """
            # status,   at KiB, status KiB, run end KiB, known zero KiB, action, step KiB
            # data: whole chunks, at most 1 MiB, at least one chunk
            DATA,       0,      64,    64,    none,      COPY,    64
            DATA,       0,      640,   640,   none,      COPY,    640
            DATA,       64,     4096,  4160,  none,      COPY,    1024
            DATA,       0,      4,     128,   none,      COPY,    64
            DATA,       0,      100,   128,   none,      COPY,    64
            # a target known to be zero changes nothing for data
            DATA,       0,      64,    64,    0-20480,   COPY,    64
            # zeroes: whole chunks in one request, as long as the run
            ZERO,       0,      64,    64,    none,      ZERO,    64
            ZERO,       0,      16384, 16384, none,      ZERO,    16384
            ZERO,       0,      100,   128,   none,      ZERO,    64
            # a chunk that is zero only in part is data
            ZERO,       0,      60,    128,   none,      COPY,    64
            ZERO,       0,      60,    128,   0-20480,   COPY,    64
            # skipped if the whole range is known, written if any of it is not
            ZERO,       0,      128,   128,   0-128,     SKIP,    128
            ZERO,       0,      128,   128,   0-64,      ZERO,    128
            ZERO,       0,      128,   128,   64-128,    ZERO,    128
            # the partial last chunk of 20,500 KiB is data whatever it holds
            ZERO,       20480,  20,    20500, none,      COPY,    20
            ZERO,       20480,  20,    20500, 0-20500,   COPY,    20
            ZERO,       20416,  84,    20500, 0-20500,   SKIP,    64
            DATA,       20480,  20,    20500, none,      COPY,    20
            # given up by the guest
            UNDEFINED,  0,      128,   128,   none,      DISCARD, 128
            UNDEFINED,  0,      128,   128,   0-128,     DISCARD, 128
            UNDEFINED,  0,      60,    128,   none,      COPY,    64
            # unallocated with nothing below is zero
            UNALLOCATED, 0,     128,   128,   none,      ZERO,    128
            UNALLOCATED, 0,     128,   128,   0-128,     SKIP,    128
            """)
    void nextStep(String status, long at, long statusBytes, long end, String known, Action action,
    long bytes) {
        Geometry geometry = Geometry.of(20_500 * K, 0, 0, Limits.NONE);
        Extent extent = new Extent(at * K, statusBytes * K, status(status));
        long from = known.equals("none") ? 0
                : Long.parseLong(known.substring(0, known.indexOf('-'))) * K;
        long to = known.equals("none") ? 0
                : Long.parseLong(known.substring(known.indexOf('-') + 1)) * K;

        Step step = Plan.next(at * K, end * K, extent, geometry,
                (offset, length) -> offset >= from && offset + length <= to);

        assertEquals(new Step(action, at * K, bytes * K), step);
    }

    @ParameterizedTest(name = "granularity {0} buf-size {1}: window {2}, copies up to {3}")
    @CsvSource({
        "0, 0, 16777216, 1048576",
        "0, 67108864, 67108864, 4194304",
        "0, 1, 65536, 65536",
        "0, 65536, 65536, 65536",
        "0, 4194304, 4194304, 1048576",
        "512, 0, 16777216, 524288",
        "4194304, 0, 16777216, 4194304",
        "4194304, 83886080, 83886080, 4194304",
        "67108864, 0, 67108864, 67108864",
        "512, 9223372036854775807, 9223372036854775296, 524288",
    })
    void geometryFollowsTheMeasuredRequestSizes(long granularity, long bufSize, long window,
    long maxCopy) {
        Geometry geometry = Geometry.of(20 << 20, granularity, bufSize, Limits.NONE);

        assertEquals(window, geometry.window());
        assertEquals(maxCopy, geometry.maxCopy());
    }

    private static BlockStatus status(String name) {
        return switch (name) {
            case "DATA" -> BlockStatus.DATA;
            case "ZERO" -> BlockStatus.ZERO;
            case "UNDEFINED" -> BlockStatus.UNDEFINED;
            case "UNALLOCATED" -> BlockStatus.UNALLOCATED;
            default -> throw new IllegalArgumentException(name);
        };
    }
}

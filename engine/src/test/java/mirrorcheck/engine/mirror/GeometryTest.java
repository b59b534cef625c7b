// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sizes a mirror works in. */
class GeometryTest {
    private static final long MAX_LENGTH = Long.MAX_VALUE - 511;

    @ParameterizedTest(name = "clusters of {0}: granularity {1}")
    @CsvSource({"0, 65536", "512, 4096", "4096, 4096", "32768, 32768", "65536, 65536",
            "1048576, 65536", "2097152, 65536"})
    void defaultGranularityFollowsTheClusters(long cluster, long granularity) {
        Limits limits = new Limits(1, cluster, Long.MAX_VALUE, Long.MAX_VALUE, true);

        assertEquals(granularity, Geometry.of(MAX_LENGTH, 0, 0, limits).granularity());
    }

    @ParameterizedTest(name = "{0} up to a multiple of {1}: {2}")
    @CsvSource({"0, 512, 0", "1, 512, 512", "512, 512, 512", "513, 512, 1024",
        "9223372036854775296, 512, 9223372036854775296",
                "9223372036854775297, 512, 9223372036854775296",
        "9223372036854775807, 67108864, 9223372036787666944"})
    void roundsUpWithoutOverflow(long value, long unit, long rounded) {
        assertEquals(rounded, Geometry.roundUp(value, unit));
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 4096, 65_536, 1 << 20, 64 << 20})
    void everySizeIsInWholeChunksAndOrdered(long granularity) {
        for (long bufSize : new long[] {0, 1, 511, 513, 65_537, 1 << 20, 1L << 40,
                Long.MAX_VALUE}) {
            Geometry geometry = Geometry.of(MAX_LENGTH, granularity, bufSize, Limits.NONE);

            assertEquals(0, geometry.window() % granularity);
            assertEquals(0, geometry.maxCopy() % granularity);
            assertEquals(geometry.maxCopy(),
                    Math.clamp(geometry.maxCopy(), granularity,
                            Math.min(geometry.window(), 1024 * granularity)));
            assertEquals(MAX_LENGTH - MAX_LENGTH % granularity, geometry.chunkStart(MAX_LENGTH));
        }
    }

    @Test
    void zeroStandsForTheDefault() throws BlockException {
        Geometry.checkGranularity(0);
    }

    @ParameterizedTest(name = "granularity {0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            -1         | Parameter 'granularity' expects uint32_t
            4294967296 | Parameter 'granularity' expects uint32_t
            511        | Parameter 'granularity' expects a value in range [512B, 64MB]
            67108865   | Parameter 'granularity' expects a value in range [512B, 64MB]
            4294967295 | Parameter 'granularity' expects a value in range [512B, 64MB]
            513        | Parameter 'granularity' expects a power of 2
            """)
    void badGranularityIsRefused(long granularity, String text) {
        assertEquals(text,
                assertThrows(BlockException.class, () -> Geometry.checkGranularity(granularity))
                        .getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import org.HdrHistogram.Histogram;

/**
 * How long writes took, in nanoseconds, each figure exact to three digits.
 *
 * @param writes how many there were
 * @param p50    half of them took no longer
 * @param p99    99 of 100 took no longer
 * @param p999   999 of 1000 took no longer
 * @param most   none took longer
 */
record Percentiles(long writes, long p50, long p99, long p999, long most) {
    private static final double P50 = 50;
    private static final double P99 = 99;
    private static final double P999 = 99.9;

    /** Of a histogram of nanoseconds. */
    static Percentiles of(Histogram nanos) {
        return new Percentiles(nanos.getTotalCount(), nanos.getValueAtPercentile(P50),
                nanos.getValueAtPercentile(P99), nanos.getValueAtPercentile(P999),
                nanos.getMaxValue());
    }
}

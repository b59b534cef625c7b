// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The counts of a mirror as columns of JMH: in its final table each is the exact count of one
 * mirror.
 *
 * <p>JMH sets these fields to 0 before each iteration, reads them after it, and <em>adds up</em>
 * what it read in all measured iterations of all forks; those of the warm-up it leaves out. So the
 * fields hold the share of one iteration, the count of one mirror divided by iterations times
 * forks, and the sum is the count of one mirror again, as each mirror of a run has the same: that
 * is checked. The share replaces what was there, so an iteration of several mirrors counts as one.
 *
 * <p>The lines that JMH prints for an iteration hence show shares. With iterations times forks a
 * power of two, as by default, the shares and their sum are exact; otherwise the sum is off by
 * rounding far behind the three decimals that are printed.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class MirrorCounters {
    /** Data writes to the target. */
    public double dataWrites;
    /** Bytes of the data writes. */
    public double bytesWritten;
    /** Zero writes to the target. */
    public double zeroWrites;
    /** Bytes of the zero writes. */
    public double bytesZeroed;
    /** Bytes of zeroes that were not written, as the target was known to have them. */
    public double skippedBytes;
    /** Block-status requests to the source. */
    public double sourceStatus;
    /** Block-status requests to the target. */
    public double targetStatus;
    /**
     * Bytes the host has allocated for the target afterwards, the maps of the file included: those
     * may differ by a block or two from mirror to mirror, and this column is then their mean.
     */
    public double allocatedBytes;

    /** Records what a mirror cost. */
    void record(WholeMirror mirror, BenchmarkParams params) throws IOException {
        double shares = shares(params);
        Counts counts = mirror.counts();
        dataWrites = counts.dataWrites() / shares;
        bytesWritten = counts.bytesWritten() / shares;
        zeroWrites = counts.zeroWrites() / shares;
        bytesZeroed = counts.bytesZeroed() / shares;
        skippedBytes = counts.skippedBytes() / shares;
        targetStatus = counts.targetStatus() / shares;
        sourceStatus = mirror.sourceStatus() / shares;
        allocatedBytes = mirror.allocatedBytes() / shares;
    }

    /** How many shares JMH adds up. */
    static double shares(BenchmarkParams params) {
        return Math.max(1, params.getForks()) * params.getMeasurement().getCount();
    }
}

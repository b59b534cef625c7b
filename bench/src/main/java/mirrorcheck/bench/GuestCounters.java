// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;

/** What a guest met while its disk was mirrored, in shares as {@link MirrorCounters}. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class GuestCounters {
    /** Zero writes of the guest. */
    public double guestZeroWrites;
    /** Block-status requests to the target that the guest waited for. */
    public double guestProbes;
    /** How many of these for each of those. */
    public double probesPerGuestZeroWrite;

    /** Records what the guest of a mirror met. */
    void record(GuestMirror mirror, BenchmarkParams params) {
        double shares = MirrorCounters.shares(params);
        guestZeroWrites = mirror.guestZeroWrites() / shares;
        guestProbes = mirror.guestProbes() / shares;
        probesPerGuestZeroWrite = mirror.guestProbes() / (double) mirror.guestZeroWrites()
                / shares;
    }
}

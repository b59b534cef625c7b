// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.Tracking;

/**
 * The bookkeeping of a mirror, counting what it saved. Without a zero bitmap it never knows a zero,
 * and every zero of the source is written: how mirrors behaved before they had one.
 */
final class SkipCounter extends Tracking {
    private long skippedBytes;

    SkipCounter(Geometry geometry, boolean hasZeroBitmap) {
        super(geometry, hasZeroBitmap);
    }

    /** While no guest writes, the mirror asks this once for each range of zeroes it comes to. */
    @Override
    public boolean knownZero(long offset, long bytes) {
        boolean known = super.knownZero(offset, bytes);
        if (known) {
            skippedBytes += bytes;
        }
        return known;
    }

    /** The bytes of zeroes that were not written; to be read when the job is over. */
    long skippedBytes() {
        return skippedBytes;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.Tracking;

/**
 * The bookkeeping of a mirror, counting what it saved. Without a zero bitmap it never knows a zero,
 * and every zero of the source is written: how mirrors behaved before they had one.
 */
class SkipCounter extends Tracking {
    private long skippedBytes;

    SkipCounter(Geometry geometry, boolean hasZeroBitmap) {
        super(geometry, hasZeroBitmap);
    }

    /** The mirror asks this once for each range of zeroes that it, or a guest, comes to. */
    @Override
    public final boolean knownZero(long offset, long bytes) {
        boolean known = isZero(offset, bytes);
        if (known) {
            skippedBytes += bytes;
        }
        return known;
    }

    /** What {@link #knownZero} answers; called with the job's lock held. */
    protected boolean isZero(long offset, long bytes) {
        return super.knownZero(offset, bytes);
    }

    /** The bytes of zeroes that were not written; to be read when the job is over. */
    final long skippedBytes() {
        return skippedBytes;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.Tracking;

/**
 * Bookkeeping that is wrong in one place each: bugs that real mirrors had, and every update of the
 * zero bitmap left out.
 */
final class BrokenTracking {
    private BrokenTracking() {
    }

    /**
     * The zero bitmap is never filled, neither for a target found or vouched zero nor for one just
     * pre-zeroed.
     */
    static final class StartsEmpty extends Tracking {
        StartsEmpty(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
        }

        @Override
        public void targetIsZero() {
            // Left out.
        }
    }

    /** B03: there is no zero bitmap. */
    static final class NoZeroBitmap extends Tracking {
        NoZeroBitmap(Geometry geometry, boolean tracksZeroes) {
            super(geometry, false);
        }
    }

    /** B02: what was zero at the start is taken to be zero for ever. */
    static final class ZeroForEver extends Tracking {
        private boolean zeroAtStart;

        ZeroForEver(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
        }

        @Override
        public void targetIsZero() {
            zeroAtStart = true;
        }

        @Override
        public boolean knownZero(long offset, long bytes) {
            return zeroAtStart || super.knownZero(offset, bytes);
        }
    }

    /** Zero bits outlive data that the job copies, or data that a guest writes to both ends. */
    static final class NotCleared extends Tracking {
        private final boolean byTheJob;

        NotCleared(Geometry geometry, boolean tracksZeroes, boolean byTheJob) {
            super(geometry, tracksZeroes);
            this.byTheJob = byTheJob;
        }

        @Override
        public void dataIssued(long offset, long bytes) {
            // The job works on threads of its own, a guest on the script's.
            if (Thread.currentThread().getName().startsWith("mirror-") != byTheJob) {
                super.dataIssued(offset, bytes);
            }
        }
    }

    /** N01: only chunks that the data covers wholly are cleared. */
    static final class ClearedInwards extends Tracking {
        private final long chunk;

        ClearedInwards(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
            chunk = geometry.granularity();
        }

        @Override
        public void dataIssued(long offset, long bytes) {
            long begin = Math.ceilDiv(offset, chunk) * chunk;
            long end = (offset + bytes) / chunk * chunk;
            if (begin < end) {
                super.dataIssued(begin, end - begin);
            }
        }
    }

    /** Zeroes written by the job are not remembered. */
    static final class JobZeroesForgotten extends Tracking {
        JobZeroesForgotten(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
        }

        @Override
        public void zeroed(long offset, long bytes) {
            // Left out.
        }
    }

    /** Zeroes that a guest writes to both ends are not remembered. */
    static final class GuestZeroesForgotten extends Tracking {
        GuestZeroesForgotten(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
        }

        @Override
        public void guestZeroed(long offset, long bytes) {
            // Left out.
        }
    }

    /** N02: every chunk that guest zeroes touch is taken to be zero. */
    static final class SetOutwards extends Tracking {
        private final Geometry geometry;

        SetOutwards(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
            this.geometry = geometry;
        }

        @Override
        public void guestZeroed(long offset, long bytes) {
            long chunk = geometry.granularity();
            long begin = offset / chunk * chunk;
            long end = Math.min(Math.ceilDiv(offset + bytes, chunk) * chunk, geometry.length());
            super.guestZeroed(begin, end - begin);
        }
    }

    /** B01: nobody asks whether anything is left of a range that was rounded inwards. */
    static final class NoGuard extends Tracking {
        private final long chunk;

        NoGuard(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
            chunk = geometry.granularity();
        }

        @Override
        public void guestZeroed(long offset, long bytes) {
            long begin = Math.ceilDiv(offset, chunk) * chunk;
            long end = (offset + bytes) / chunk * chunk;
            if (end < begin) {
                throw new AssertionError("zero bitmap: set " + begin + ", " + (end - begin));
            }
            super.guestZeroed(offset, bytes);
        }
    }

    /** B07: an active write cleans every chunk it touches. */
    static final class CleanedOutwards extends Tracking {
        private final Geometry geometry;

        CleanedOutwards(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
            this.geometry = geometry;
        }

        @Override
        public void activeWriteBegins(long offset, long bytes) {
            long chunk = geometry.granularity();
            long begin = offset / chunk * chunk;
            long end = Math.min(Math.ceilDiv(offset + bytes, chunk) * chunk, geometry.length());
            dirty.clear(begin, end - begin);
        }
    }

    /** N06: a chunk is called clean when its copy ends, whatever has come since. */
    static final class CleanedAfterCopy extends Tracking {
        CleanedAfterCopy(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
        }

        @Override
        public void copied(long offset, long bytes) {
            dirty.clear(offset, bytes);
        }
    }

    /** B05: guest writes go unseen until the first pass is over. */
    static final class BlindAtStart extends Tracking {
        BlindAtStart(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
        }

        @Override
        public void guestWrote(long offset, long bytes) {
            // Left out.
        }
    }

    /** N07: a partial last chunk is never found. */
    static final class LastChunkLost extends Tracking {
        private final Geometry geometry;

        LastChunkLost(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
            this.geometry = geometry;
        }

        @Override
        public void found(long offset, long bytes) {
            long whole = geometry.length() / geometry.granularity() * geometry.granularity();
            long end = Math.min(offset + bytes, whole);
            if (offset < end) {
                super.found(offset, end - offset);
            }
        }
    }
}

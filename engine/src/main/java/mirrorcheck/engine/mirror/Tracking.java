// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.bitmap.DirtyBitmap;
import mirrorcheck.engine.bitmap.ZeroBitmap;

/**
 * Everything a mirror remembers about chunks, and every moment at which that changes.
 *
 * <p>Two bitmaps of one granularity. The <em>dirty bitmap</em> holds what is still to be copied.
 * The <em>zero bitmap</em> holds what the target is known to read as zero; without it (sync=none)
 * every zero is written.
 * <pre>
 *                       dirty bitmap                 zero bitmap
 * job starts            marked by the scan           full if the target reads as zero, else empty
 * guest wrote           marked, outwards             -
 * run is picked         cleared, before the source   -
 *                       is looked at
 * data or discard       -                            cleared, outwards, before the request
 *                                                    is issued
 * zeroes succeeded      -                            set, inwards, after the request succeeded
 * active write begins   cleared, inwards, before     -
 *                       the source is written
 * anything failed       marked, outwards             -
 * </pre>
 * The roundings all err to the safe side: a chunk too many is copied, a zero too many is written.
 * Not thread-safe: the job's lock guards it. Open for variation, so that a suite can show it
 * notices each moment that is left out.
 */
public class Tracking {
    /** What is still to be copied. */
    protected final DirtyBitmap dirty;
    /** What the target is known to read as zero, or null if nobody keeps count. */
    protected final ZeroBitmap zero;

    /** Nothing is dirty, nothing known to be zero. */
    public Tracking(Geometry geometry, boolean tracksZeroes) {
        dirty = new DirtyBitmap(geometry.length(), geometry.granularity());
        zero = tracksZeroes ? new ZeroBitmap(geometry.length(), geometry.granularity()) : null;
    }

    /** The whole target reads as zero: found so at the start, vouched for, or just pre-zeroed. */
    public void targetIsZero() {
        if (zero != null) {
            zero.fill();
        }
    }

    /** The scan at the start found something to copy. */
    public void found(long offset, long bytes) {
        dirty.mark(offset, bytes);
    }

    /** A guest write, zero write or failure left the target behind the source. */
    public void guestWrote(long offset, long bytes) {
        dirty.mark(offset, bytes);
    }

    /** The job takes a run of dirty chunks; from now on a guest write makes it dirty anew. */
    public void picked(long offset, long bytes) {
        dirty.clear(offset, bytes);
    }

    /** Data is about to be written, or a range discarded, by the job or by a guest. */
    public void dataIssued(long offset, long bytes) {
        if (zero != null) {
            zero.clear(offset, bytes);
        }
    }

    /** Zeroes were written by the job. */
    public void zeroed(long offset, long bytes) {
        if (zero != null) {
            zero.set(offset, bytes);
        }
    }

    /** Zeroes were written by a guest, in a range of any shape. */
    public void guestZeroed(long offset, long bytes) {
        if (zero != null) {
            zero.set(offset, bytes);
        }
    }

    /** A copy of a run that was picked has reached the target. */
    public void copied(long offset, long bytes) {
        // Nothing to remember: the dirty bit went when the run was picked, and whatever came since
        // is dirty again.
    }

    /**
     * A guest write that goes to both ends is about to begin; the chunks it covers need no copy.
     */
    public void activeWriteBegins(long offset, long bytes) {
        dirty.clearCovered(offset, bytes);
    }

    /** A request failed, or a picked run was put back: it is to be copied again. */
    public void failed(long offset, long bytes) {
        dirty.mark(offset, bytes);
    }

    /** Whether writing zeroes over the whole range would change nothing. */
    public boolean knownZero(long offset, long bytes) {
        return zero != null && zero.covers(offset, bytes);
    }

    /**
     * The next dirty run at or after {@code from}, at most {@code maxBytes} long; null if there is
     * none.
     */
    public ChunkRange nextDirty(long from, long maxBytes) {
        return dirty.run(from, maxBytes);
    }

    /** Bytes still to be copied. */
    public long dirtyBytes() {
        return dirty.dirtyBytes();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import mirrorcheck.engine.bitmap.Bitmap;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.BlockNode;

/**
 * The clusters of a target that is to lie upon a backing file it does not have yet, and which of
 * them the mirror has filled (rule CHAIN-4).
 *
 * <p>What is written into an absent cluster of such a target makes all of it present, and the bytes
 * that were left out hide the backing file with zeroes once it is attached. So the first write into
 * a cluster is widened to all of it, and both bitmaps follow the widened range (bugs B32, B33 and
 * N05):
 * <pre>
 *   clusters      |    filled     |     absent    |     absent    |
 *   write                     [~~~~~~~~~)
 *   widened       [~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~)
 * </pre>
 * Other targets have no such clusters, and no write to them is widened. Not thread-safe: the job's
 * lock guards it. Open for variation, as {@link Tracking} is.
 */
public class WholeClusters {
    private final Geometry geometry;
    private final long cluster;
    /** A bit for every cluster that all of was written; null if the target has none. */
    private final Bitmap filled;
    private final Geometry wholes;

    /** The clusters of {@code target}, none filled yet; see {@link BlockNode#firstWriteUnit}. */
    public WholeClusters(BlockNode target, Geometry geometry) {
        this.geometry = geometry;
        cluster = target.firstWriteUnit();
        filled = cluster == 0 ? null : new Bitmap(geometry.length(), cluster);
        wholes = cluster <= geometry.granularity() ? geometry : geometry.withGranularity(cluster);
    }

    /** Whether the range touches a cluster that is not known to be filled. */
    private boolean mustWiden(long offset, long bytes) {
        return filled != null && !filled.allSet(offset, bytes);
    }

    /**
     * What of a guest's write goes to the target: {@code [offset, end)} in all, and of that the
     * guest's own bytes in {@code [ownOffset, ownEnd)}, possibly none, while the rest is read from
     * the source.
     */
    public record Write(long offset, long end, long ownOffset, long ownEnd) {
        /** Bytes in all. */
        public long bytes() {
            return end - offset;
        }

        /** Bytes of the guest's own. */
        public long ownBytes() {
            return ownEnd - ownOffset;
        }
    }

    /**
     * What has to be written if a guest writes a range: that range if it lies in filled clusters,
     * else all clusters it touches, up to the end of the device. Once a cluster is filled it stays
     * so: a later answer lies inside of an earlier one.
     *
     * @param offset first byte, 0 or more
     * @param bytes  greater than 0; the range ends at or before the end of the device
     */
    public Write widened(long offset, long bytes) {
        long end = offset + bytes;
        if (!mustWiden(offset, bytes)) {
            return new Write(offset, end, offset, end);
        }
        long wideEnd = Math.min(Geometry.roundUp(end, cluster), geometry.length());
        long ownEnd = end == wideEnd ? end : end & -cluster;
        long ownOffset = Math.min(Geometry.roundUp(offset, cluster), ownEnd);
        return new Write(offset & -cluster, wideEnd, ownOffset, ownEnd);
    }

    /** What has to be copied if a run of dirty chunks is; whole chunks like that. */
    public ChunkRange widened(ChunkRange run) {
        if (!mustWiden(run.offset(), run.bytes())) {
            return run;
        }
        long start = run.offset() & -cluster;
        long end = Math.min(Geometry.roundUp(run.end(), cluster), geometry.length());
        return new ChunkRange(start, end - start);
    }

    /**
     * The sizes by which a run of dirty chunks is planned: with whole clusters in place of chunks
     * if some are not filled yet, so that none is zeroed or copied in part.
     */
    public Geometry planned(ChunkRange run) {
        return mustWiden(run.offset(), run.bytes()) ? wholes : geometry;
    }

    /** A write of this range has succeeded: the clusters it covers are filled. */
    public void filled(long offset, long bytes) {
        if (filled != null) {
            filled.setInwards(offset, bytes);
        }
    }
}

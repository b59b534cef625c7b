// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.block.Zeroes;

/**
 * What a mirror finds out before it copies: whether the target reads as zero, whether to make it
 * so, and what is dirty.
 *
 * <pre>
 * punched    = target has discard=unmap and detect-zeroes=unmap: every hole must really be punched
 * knownZero  = not punched, sync is not none, and the user vouches for it or inspection finds it;
 *              a target that lacks its backing file is not inspected: what it reads as is not
 *              what it will read as
 * preZeroed  = not punched, not knownZero, sync=full, and the target may unmap and can write zeroes
 * dirty      = sync=none: nothing; sync=top: what the top layer allocates;
 *              sync=full: what any layer allocates if the target now reads as zero, else everything;
 *              everything too if the source allocates all of it
 * </pre>
 */
final class StartScan {
    /**
     * A prefix of at most this much data is read to see whether it is zero: image creation may
     * write there.
     */
    static final long MAX_INSPECTED_DATA = 128 << 10;
    /**
     * Zero requests of the pre-zeroing pass stay below 2 GiB, the largest length many drivers and
     * protocols take.
     */
    private static final long MAX_PRE_ZERO = Integer.MAX_VALUE;

    private final BlockNode source;
    private final BlockNode target;
    private final MirrorOptions options;
    private final Geometry geometry;

    StartScan(BlockNode source, BlockNode target, MirrorOptions options, Geometry geometry) {
        this.source = source;
        this.target = target;
        this.options = options;
        this.geometry = geometry;
    }

    /** What the scan asks of its job, without the lock. */
    interface Owner {
        /** Waits while the job is paused; leaves the scan if it was cancelled. */
        void pausePoint();

        /** Throws unless the user wants to go on: then every zero is written one by one. */
        void preZeroFailed(BlockException error) throws BlockException;
    }

    /** Finds all of it out and tells {@code state}; blocks as long as that takes. */
    void run(MirrorState state, Owner owner) throws BlockException {
        boolean targetIsZero = targetReadsAsZero() || shouldPreZero() && preZero(owner);
        if (targetIsZero) {
            state.targetIsZero();
        }
        findDirty(targetIsZero, (offset, bytes) -> {
            owner.pausePoint();
            state.found(offset, bytes);
        });
    }

    /**
     * Whether the target may be believed to read as zero at the start, by the user's word or by a
     * look at it.
     */
    private boolean targetReadsAsZero() throws BlockException {
        if (options.sync() == Sync.NONE || target.options().mustPunch()) {
            return false;
        }
        return options.targetIsZero() || target.firstWriteUnit() == 0 && looksZero();
    }

    /**
     * Whether the target should be zeroed as a whole before anything is copied (rule PREZERO-1).
     */
    private boolean shouldPreZero() {
        return options.sync() == Sync.FULL && target.options().discard() == Discard.UNMAP
                && !target.options().mustPunch() && target.limits().canWriteZeroes();
    }

    private boolean preZero(Owner owner) throws BlockException {
        try {
            zeroAll(owner);
            return true;
        } catch (BlockException e) {
            owner.preZeroFailed(e);
            return false;
        }
    }

    private void zeroAll(Owner owner) throws BlockException {
        long step = MAX_PRE_ZERO - MAX_PRE_ZERO % geometry.granularity();
        for (long offset = 0; offset < geometry.length();) {
            long bytes = Math.min(step, geometry.length() - offset);
            owner.pausePoint();
            target.writeZeroes(offset, bytes, Set.of(WriteFlag.MAY_UNMAP));
            offset += bytes;
        }
    }

    /** Told of a range to copy. */
    private interface Finding {
        void found(long offset, long bytes);
    }

    /** Finds every range to copy at the start; {@code targetIsZero} is what is known by now. */
    private void findDirty(boolean targetIsZero, Finding finding) throws BlockException {
        boolean everything = source.allocatesAll()
                || options.sync() == Sync.FULL && !targetIsZero;
        if (options.sync() == Sync.NONE || geometry.length() == 0) {
            return;
        }
        if (everything) {
            finding.found(0, geometry.length());
            return;
        }
        for (long offset = 0; offset < geometry.length();) {
            Extent extent = options.sync() == Sync.TOP
                    ? source.allocatedInTop(offset, geometry.length() - offset)
                    : source.blockStatus(offset, geometry.length() - offset);
            if (extent.status().allocated() || extent.status().equals(BlockStatus.UNDEFINED)) {
                finding.found(extent.offset(), extent.bytes());
            }
            offset = extent.end();
        }
    }

    /**
     * One look at the whole target; a short prefix of data is read, more is not worth it (rule
     * ZERO-5).
     */
    private boolean looksZero() throws BlockException {
        long length = geometry.length();
        if (length == 0) {
            return true;
        }
        Extent first = quickStatus(0);
        if (first.status().zero()) {
            return isZeroFrom(first.end());
        }
        return first.bytes() <= MAX_INSPECTED_DATA && isZeroFrom(first.end())
                && prefixIsZero(first.bytes());
    }

    /**
     * Whether everything from {@code offset} on is known to be zero; adjacent extents of zeroes
     * count as one.
     */
    private boolean isZeroFrom(long offset) throws BlockException {
        long at = offset;
        while (at < geometry.length()) {
            Extent extent = quickStatus(at);
            if (!extent.status().zero()) {
                return false;
            }
            at = extent.end();
        }
        return true;
    }

    /**
     * Status from {@code offset} on that does not look into the clusters of an image: those of a
     * preallocated one count as data, whatever its file holds.
     */
    private Extent quickStatus(long offset) throws BlockException {
        long rest = geometry.length() - offset;
        Extent own = target.allocatedInTop(offset, rest);
        return own.status().allocated() ? own : target.blockStatus(offset, own.bytes());
    }

    private boolean prefixIsZero(long bytes) throws BlockException {
        MemorySegment buffer = BufferPool.take(bytes);
        try {
            MemorySegment prefix = buffer.asSlice(0, bytes);
            target.read(0, prefix);
            return Zeroes.isZero(prefix);
        } finally {
            BufferPool.give(buffer);
        }
    }
}

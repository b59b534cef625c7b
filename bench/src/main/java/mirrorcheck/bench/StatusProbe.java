// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.concurrent.locks.Lock;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.mirror.Geometry;

/**
 * The bookkeeping of a mirror that remembers no zeroes and asks the target instead: the way that
 * suggests itself if redundant zeroes are not to be written. It does save them; but each chunk of
 * zeroes costs a request, and a guest that writes zeroes to both ends waits for it.
 *
 * <p>As everywhere in the engine, the job's lock is not held during a request: others go on
 * meanwhile. None of them touches the range that is asked about, since that is in flight.
 */
final class StatusProbe extends SkipCounter {
    private final BlockNode target;
    private final Lock lock;

    /**
     * @param lock the job's, held by whoever asks {@link #knownZero}
     */
    StatusProbe(Geometry geometry, BlockNode target, Lock lock) {
        super(geometry, false);
        this.target = target;
        this.lock = lock;
    }

    /** Where holes must be punched (rule ZERO-7) it does not help to know what reads as zero. */
    @Override
    protected boolean isZero(long offset, long bytes) {
        if (target.options().mustPunch()) {
            return false;
        }
        lock.unlock();
        try {
            return readsZero(offset, offset + bytes);
        } catch (BlockException e) {
            // Not knowing is no error: the zeroes are written.
            return false;
        } finally {
            lock.lock();
        }
    }

    private boolean readsZero(long offset, long end) throws BlockException {
        for (long at = offset; at < end;) {
            Extent extent = target.blockStatus(at, end - at);
            if (!extent.status().zero()) {
                return false;
            }
            at = extent.end();
        }
        return true;
    }
}

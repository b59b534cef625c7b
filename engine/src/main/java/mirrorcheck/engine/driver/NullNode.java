// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.block.AbstractNode;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.Errno;

/**
 * A node that keeps nothing: driver {@code null-co}. Writes go nowhere, reads give zeroes, and each
 * takes as long as it was told to; for measuring what lies above.
 */
public final class NullNode extends AbstractNode {
    /** The size if none is given: 1 GiB. */
    public static final long DEFAULT_SIZE = 1L << 30;

    private static final int SECTOR = 512;

    private final long length;
    private final long latencyNanos;
    private final boolean knowsZeroes;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closed = lock.newCondition();

    /**
     * Makes a node.
     *
     * @param size         bytes, rounded up to a multiple of 512 (rule SIZE-1)
     * @param latencyNanos how long each read, write and flush takes, in nanoseconds; 0 for no time
     * @param knowsZeroes  {@code read-zeroes}: whether block status says that all is zero; else all
     *                     is data
     * @throws BlockException EINVAL for a negative size or latency, or options no node may have
     */
    public NullNode(NodeOptions options, long size, long latencyNanos, boolean knowsZeroes,
            Clock clock) throws BlockException {
        super(options);
        if (size < 0 || size > Long.MAX_VALUE - SECTOR) {
            throw BlockException.refused("size is invalid");
        }
        if (latencyNanos < 0) {
            throw BlockException.refused("latency-ns is invalid");
        }
        this.length = size + SECTOR - 1 & -SECTOR;
        this.latencyNanos = latencyNanos;
        this.knowsZeroes = knowsZeroes;
        this.clock = clock;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Limits limits() {
        return Limits.NONE;
    }

    @Override
    protected boolean hasFua() {
        return true;
    }

    @Override
    protected void doRead(long offset, MemorySegment into) throws BlockException {
        take();
        into.fill((byte) 0);
    }

    @Override
    protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        take();
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        take();
    }

    @Override
    protected void doDiscard(long offset, long bytes) throws BlockException {
        take();
    }

    @Override
    protected void doFlush() throws BlockException {
        take();
    }

    @Override
    protected Extent doBlockStatus(long offset, long bytes) {
        return new Extent(offset, bytes, knowsZeroes ? BlockStatus.ZERO : BlockStatus.DATA);
    }

    @Override
    protected void doClose() {
        // There is nothing to give back.
    }

    private void take() throws BlockException {
        if (latencyNanos == 0) {
            return;
        }
        long due = clock.nanoTime() + latencyNanos;
        lock.lock();
        try {
            for (long left = latencyNanos; left > 0; left = due - clock.nanoTime()) {
                clock.await(lock, closed, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BlockException(Errno.EINTR, nodeName() + ": interrupted", e);
        } finally {
            lock.unlock();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.Errno;

/**
 * A filter that slows requests down: driver {@code throttle}.
 *
 * <p>A request waits until those before it are paid for, so that the first goes at once. Reads,
 * writes, zero writes and discards are charged their bytes; a flush waits but is charged none;
 * block status is free.
 */
public final class ThrottleNode extends RequestFilter {
    private final Clock clock;
    private final ThrottleGroup group;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;

    /** As a filter node with the limits of a group, whose member it is until it is closed. */
    public ThrottleNode(NodeOptions options, BlockNode child, boolean ownsChild,
            ThrottleGroup group) throws BlockException {
        super(options, child, ownsChild);
        this.clock = group.clock();
        this.group = group;
        group.join();
    }

    @Override
    protected void before(Request request) throws BlockException {
        if (request.kind() == Request.Kind.BLOCK_STATUS) {
            return;
        }
        lock.lock();
        try {
            awaitUntil(group.charge(request.kind(), request.bytes()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BlockException(Errno.EINTR, nodeName() + ": interrupted while throttled", e);
        } finally {
            lock.unlock();
        }
    }

    private void awaitUntil(long due) throws InterruptedException, BlockException {
        long left = due - clock.nanoTime();
        while (left > 0 && !closed) {
            clock.await(lock, changed, left);
            left = due - clock.nanoTime();
        }
        if (closed) {
            throw new BlockException(Errno.ECANCELED, nodeName() + ": closed while throttled");
        }
    }

    /** Lets the requests that wait fail with ECANCELED. */
    @Override
    protected void doClose() throws BlockException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        group.leave();
        super.doClose();
    }
}

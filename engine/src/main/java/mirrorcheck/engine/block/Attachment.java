// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * A user of a node: an export, a guest's disk. It goes on using "the disk" while the graph below it
 * changes: a mirror puts its filter between, a pivot exchanges the node.
 *
 * <p>Requests may come from several threads at once and block. While the graph drains the
 * attachment, new requests wait and go to whatever node it is given in the end.
 */
public final class Attachment implements BlockIo, AutoCloseable {
    private final Graph graph;
    private final String user;
    /** Guards everything below; never held during a request. */
    private final Lock lock;
    private final Condition changed;
    private BlockNode node;
    private int inFlight;
    private int drains;
    private boolean closed;

    Attachment(Graph graph, String user, BlockNode node, Lock lock) {
        this.graph = graph;
        this.user = user;
        this.lock = lock;
        this.changed = lock.newCondition();
        this.node = node;
    }

    /** Who this is, for messages. */
    public String user() {
        return user;
    }

    /** The node that requests go to now. */
    public BlockNode node() {
        return locked(() -> node);
    }

    @Override
    public long length() {
        return node().length();
    }

    @Override
    public void read(long offset, MemorySegment into) throws BlockException {
        request(target -> target.read(offset, into));
    }

    @Override
    public void write(long offset, MemorySegment from, Set<WriteFlag> flags) throws BlockException {
        request(target -> target.write(offset, from, flags));
    }

    @Override
    public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException {
        request(target -> target.writeZeroes(offset, bytes, flags));
    }

    @Override
    public void discard(long offset, long bytes) throws BlockException {
        request(target -> target.discard(offset, bytes));
    }

    @Override
    public void flush() throws BlockException {
        request(BlockNode::flush);
    }

    @Override
    public Extent blockStatus(long offset, long bytes) throws BlockException {
        BlockNode target = enter();
        try {
            return target.blockStatus(offset, bytes);
        } finally {
            leave();
        }
    }

    /** Gives the node up, once the requests in flight have ended. A second call does nothing. */
    @Override
    public void close() {
        update(() -> closed = true);
        awaitIdle();
        graph.detach(this);
    }

    private interface Call {
        void on(BlockNode node) throws BlockException;
    }

    private void request(Call call) throws BlockException {
        BlockNode target = enter();
        try {
            call.on(target);
        } finally {
            leave();
        }
    }

    private BlockNode enter() throws BlockException {
        lock.lock();
        try {
            while (drains > 0 && !closed) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                throw BlockException.refused(user + ": the attachment is closed");
            }
            inFlight++;
            return node;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        update(() -> inFlight--);
    }

    /** Keeps new requests out from now on. */
    void beginDrain() {
        update(() -> drains++);
    }

    /** Blocks until no request is in flight. */
    void awaitIdle() {
        lock.lock();
        try {
            while (inFlight > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Exchanges the node below; while drained, or if what was below goes on to serve the requests
     * it has.
     */
    void moveTo(BlockNode replacement) {
        update(() -> node = replacement);
    }

    /** Lets requests in again. */
    void endDrain() {
        update(() -> drains--);
    }

    private void update(Runnable change) {
        locked(() -> {
            change.run();
            changed.signalAll();
            return null;
        });
    }

    private <T> T locked(Supplier<T> section) {
        lock.lock();
        try {
            return section.get();
        } finally {
            lock.unlock();
        }
    }
}

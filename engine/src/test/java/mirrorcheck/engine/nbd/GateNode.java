// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.host.Errno;

/** A filter that holds chosen requests until they are let go, and remembers all. */
final class GateNode extends RequestFilter {
    private final Predicate<Request> held;
    private final CountDownLatch open = new CountDownLatch(1);
    private final List<Request> seen = new ArrayList<>();

    GateNode(BlockNode child, Predicate<Request> held) throws BlockException {
        super(FilterNode.transparent("gate"), child, true);
        this.held = held;
    }

    @Override
    protected void before(Request request) throws BlockException {
        synchronized (seen) {
            seen.add(request);
            seen.notifyAll();
        }
        if (held.test(request)) {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new BlockException(Errno.EINTR, "gate: interrupted", e);
            }
        }
    }

    /** Waits until that many requests have come. */
    void awaitSeen(int count) throws InterruptedException {
        synchronized (seen) {
            while (seen.size() < count) {
                seen.wait();
            }
        }
    }

    List<Request> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    void open() {
        open.countDown();
    }
}

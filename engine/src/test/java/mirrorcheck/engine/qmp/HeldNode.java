// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.concurrent.CountDownLatch;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;

/** A node whose requests of one kind, once it is told so, wait until they are let go. */
final class HeldNode extends RequestFilter {
    private volatile Request.Kind held;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    HeldNode(String name, BlockNode child) throws BlockException {
        super(FilterNode.transparent(name), child, true);
    }

    /** Holds requests of this kind from now on. */
    void hold(Request.Kind kind) {
        held = kind;
    }

    /** Blocks until a request is held. */
    void awaitRequest() throws InterruptedException {
        arrived.await();
    }

    /** Lets all of them go. */
    void release() {
        held = null;
        release.countDown();
    }

    @Override
    protected void before(Request request) throws BlockException {
        if (request.kind() == held) {
            arrived.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.util.Locale;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.host.Errno;

/**
 * An end of a mirror whose every request is a point: others may come before it takes effect. What
 * follows its answer begins with a point in the engine or in the guest, so none is needed there.
 */
final class PointNode extends RequestFilter {
    private final Baton baton;
    private final Watch watch;
    private Request.Kind failing;
    private int failures;

    /** Looks at each request at the moment it takes effect. */
    @FunctionalInterface
    interface Watch {
        void sees(Request request);
    }

    PointNode(NodeOptions options, BlockNode child, Baton baton, Watch watch)
            throws BlockException {
        super(options, child, true);
        this.baton = baton;
        this.watch = watch;
    }

    /** Fails the next {@code count} requests of a kind, no zero writes, with EIO. */
    void fail(Request.Kind kind, int count) {
        failing = kind;
        failures = count;
    }

    @Override
    protected void before(Request request) throws BlockException {
        if (baton.running() == null) {
            return;
        }
        baton.point(nodeName() + " " + request.kind().name().toLowerCase(Locale.ROOT)
                + (request.bytes() == 0 ? "" : " " + request.offset() + "+" + request.bytes()));
        watch.sees(request);
        if (request.kind() == failing && failures > 0) {
            failures--;
            throw new BlockException(Errno.EIO, nodeName() + ": failed for the test");
        }
    }
}

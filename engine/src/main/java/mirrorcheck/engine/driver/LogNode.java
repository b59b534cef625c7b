// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;

/** A filter that tells a listener of each request: driver {@code log}. */
public final class LogNode extends RequestFilter {
    /** Who is told, on the threads of the requests; must be safe for use from several. */
    public interface Listener {
        /**
         * A request arrived; it waits until this returns.
         *
         * @throws BlockException to fail it
         */
        void arrived(Request request) throws BlockException;

        /** The request's end; {@code failure} is null if it succeeded. */
        default void ended(Request request, BlockException failure) {
        }
    }

    private final Listener listener;

    /** As a filter node; {@code listener} is told from now on. */
    public LogNode(NodeOptions options, BlockNode child, boolean ownsChild, Listener listener)
            throws BlockException {
        super(options, child, ownsChild);
        this.listener = listener;
    }

    @Override
    protected void before(Request request) throws BlockException {
        listener.arrived(request);
    }

    @Override
    protected void after(Request request, BlockException failure) {
        listener.ended(request, failure);
    }
}

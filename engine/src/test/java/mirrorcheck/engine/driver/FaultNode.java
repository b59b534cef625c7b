// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.host.Errno;

/** A filter that fails chosen requests, which then do not reach the child. */
public final class FaultNode extends RequestFilter {
    /**
     * An order to fail requests.
     *
     * @param kind   which operation
     * @param offset first byte of the range that a request must touch; a flush touches every range
     * @param bytes  length of that range
     * @param errno  what the request fails with
     * @param nth    how many matching requests until the first failure, 1 for the next one
     * @param times  how many fail from then on
     */
    public record Fault(Request.Kind kind, long offset, long bytes, Errno errno, int nth,
            int times) {
        /** Fails the next request of this kind. */
        public static Fault once(Request.Kind kind, Errno errno) {
            return new Fault(kind, 0, Long.MAX_VALUE, errno, 1, 1);
        }

        /** Fails every request of this kind. */
        public static Fault always(Request.Kind kind, Errno errno) {
            return new Fault(kind, 0, Long.MAX_VALUE, errno, 1, Integer.MAX_VALUE);
        }

        /** The same for requests that touch this range. */
        public Fault in(long rangeOffset, long rangeBytes) {
            return new Fault(kind, rangeOffset, rangeBytes, errno, nth, times);
        }

        /** The same, beginning with the {@code count}-th matching request. */
        public Fault from(int count) {
            return new Fault(kind, offset, bytes, errno, count, times);
        }
    }

    private static final class Order {
        final Fault fault;
        int seen;

        Order(Fault fault) {
            this.fault = fault;
        }

        boolean isSpent() {
            return seen - fault.nth() >= fault.times() - 1;
        }
    }

    private final List<Order> orders = new ArrayList<>();

    /** As a filter node; nothing fails until {@link #inject}. */
    public FaultNode(NodeOptions options, BlockNode child, boolean ownsChild)
            throws BlockException {
        super(options, child, ownsChild);
    }

    /** Adds an order. Of several that match a request the first one given counts it and decides. */
    public void inject(Fault fault) {
        synchronized (orders) {
            orders.add(new Order(fault));
        }
    }

    /** Forgets all orders. */
    public void clear() {
        synchronized (orders) {
            orders.clear();
        }
    }

    @Override
    protected void before(Request request) throws BlockException {
        Errno errno = decide(request);
        if (errno != null) {
            throw new BlockException(errno, nodeName() + ": " + request.kind() + " at "
                    + request.offset() + ", " + request.bytes() + " bytes: fault injected: "
                    + errno.text());
        }
    }

    private Errno decide(Request request) {
        synchronized (orders) {
            for (Iterator<Order> each = orders.iterator(); each.hasNext();) {
                Order order = each.next();
                Fault fault = order.fault;
                if (fault.kind() != request.kind()
                        || !request.overlaps(fault.offset(), fault.bytes())) {
                    continue;
                }
                order.seen++;
                if (order.seen < fault.nth()) {
                    return null;
                }
                if (order.isSpent()) {
                    each.remove();
                }
                return fault.errno();
            }
            return null;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.bitmap;

import java.util.Arrays;

/** A node of 64 children; drawn at {@link Node}. */
final class Branch extends Mixed {
    private final Node[] children = new Node[FANOUT];
    private final int childShift;

    /** A branch with the chunks of {@code uniform}, about to be changed. */
    Branch(Uniform uniform) {
        super(uniform.shift(), uniform.setChunks());
        childShift = uniform.shift() - FANOUT_SHIFT;
        Arrays.fill(children, Uniform.of(childShift, uniform.value()));
    }

    @Override
    public boolean get(long chunk) {
        int child = childOf(chunk);
        return children[child].get(chunk - startOf(child));
    }

    @Override
    public long next(long from, boolean value) {
        for (int child = childOf(from); child < FANOUT; child++) {
            long start = startOf(child);
            long found = children[child].next(Math.max(from - start, 0), value);
            if (found >= 0) {
                return start + found;
            }
        }
        return -1;
    }

    @Override
    long change(long from, long to, boolean value) {
        long growth = 0;
        for (int child = childOf(from); child <= childOf(to - 1); child++) {
            long start = startOf(child);
            long end = startOf(child + 1);
            Node node = children[child];
            growth -= node.setChunks();
            node = node.fill(Math.max(from, start) - start, Math.min(to, end) - start, value);
            growth += node.setChunks();
            children[child] = node;
        }
        return growth;
    }

    @Override
    public long allocatedNodes() {
        return 1 + Arrays.stream(children).mapToLong(Node::allocatedNodes).sum();
    }

    private int childOf(long chunk) {
        return (int) (chunk >> childShift);
    }

    private long startOf(int child) {
        return (long) child << childShift;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * A filter that is told of each request before it passes on and after it came back, on the thread
 * of the request. What does not reach this filter's driver hooks (a discard that
 * {@code discard=ignore} drops, a request of 0 bytes) is not told.
 */
public abstract class RequestFilter extends FilterNode {
    /** What passes a request on. */
    @FunctionalInterface
    private interface Step {
        void run() throws BlockException;
    }

    /** As {@link FilterNode#FilterNode}. */
    protected RequestFilter(NodeOptions options, BlockNode child, boolean ownsChild)
            throws BlockException {
        super(options, child, ownsChild);
    }

    /**
     * Called before a request passes on; may block.
     *
     * @throws BlockException to fail the request, which then does not reach the child; EOPNOTSUPP,
     *         EINVAL, EBUSY or ENOTTY for a zero write has it repeated as a write of zero bytes
     */
    protected abstract void before(Request request) throws BlockException;

    /**
     * Called when the child has answered, before the caller learns of it.
     *
     * @param failure how the request failed, or null if it succeeded
     */
    protected void after(Request request, BlockException failure) {
    }

    private void pass(Request request, Step step) throws BlockException {
        before(request);
        try {
            step.run();
        } catch (BlockException e) {
            after(request, e);
            throw e;
        }
        after(request, null);
    }

    @Override
    protected final void doRead(long offset, MemorySegment into) throws BlockException {
        pass(request(Request.Kind.READ, offset, into.byteSize()), () -> super.doRead(offset, into));
    }

    @Override
    protected final void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        pass(new Request(Request.Kind.WRITE, offset, from.byteSize(), flags),
                () -> super.doWrite(offset, from, flags));
    }

    @Override
    protected final void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        pass(new Request(Request.Kind.WRITE_ZEROES, offset, bytes, flags),
                () -> super.doWriteZeroes(offset, bytes, flags));
    }

    @Override
    protected final void doDiscard(long offset, long bytes) throws BlockException {
        pass(request(Request.Kind.DISCARD, offset, bytes), () -> super.doDiscard(offset, bytes));
    }

    @Override
    protected final void doFlush() throws BlockException {
        pass(request(Request.Kind.FLUSH, 0, 0), super::doFlush);
    }

    @Override
    protected final Extent doBlockStatus(long offset, long bytes) throws BlockException {
        Extent[] answer = new Extent[1];
        pass(request(Request.Kind.BLOCK_STATUS, offset, bytes),
                () -> answer[0] = super.doBlockStatus(offset, bytes));
        return answer[0];
    }

    @Override
    public final Extent allocatedInTop(long offset, long bytes) throws BlockException {
        Extent[] answer = new Extent[1];
        pass(request(Request.Kind.BLOCK_STATUS, offset, clipForStatus(offset, bytes)),
                () -> answer[0] = super.allocatedInTop(offset, bytes));
        return answer[0];
    }

    private static Request request(Request.Kind kind, long offset, long bytes) {
        return new Request(kind, offset, bytes, WriteFlag.NONE);
    }
}

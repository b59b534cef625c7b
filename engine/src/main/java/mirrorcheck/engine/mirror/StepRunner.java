// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.job.JobEvent.Operation;
import mirrorcheck.engine.mirror.Plan.Step;

/**
 * Carries planned steps out. Safe for use from any thread; a call blocks until its requests have
 * ended.
 */
record StepRunner(BlockNode source, BlockNode target, WriteBehind behind) {
    StepRunner(BlockNode source, BlockNode target) {
        this(source, target, new WriteBehind(target));
    }

    /** What the source has at a range; data if it cannot tell. */
    Extent sourceStatus(long offset, long bytes) {
        try {
            return source.blockStatus(offset, bytes);
        } catch (BlockException e) {
            // Not knowing is no error: reading will tell.
            return new Extent(offset, bytes, BlockStatus.DATA);
        }
    }

    /** A step that failed, and at which end. */
    static final class StepFailed extends Exception {
        private static final long serialVersionUID = 1L;

        private final Operation operation;
        private final transient BlockException error;

        StepFailed(Operation operation, BlockException error) {
            super(error);
            this.operation = operation;
            this.error = error;
        }

        /** READ if the source failed, WRITE if the target did. */
        Operation operation() {
            return operation;
        }

        /** What the node said. */
        BlockException error() {
            return error;
        }
    }

    /**
     * Does to the target what the step says.
     *
     * @throws StepFailed if a request failed; any part of the step's range may have been written
     */
    void run(Step step) throws StepFailed {
        try {
            switch (step.action()) {
                case COPY -> copy(step);
                case ZERO -> target.writeZeroes(step.offset(), step.bytes(),
                        Set.of(WriteFlag.MAY_UNMAP));
                case DISCARD -> target.discard(step.offset(), step.bytes());
                case SKIP -> throw new IllegalStateException("a skipped step needs no run");
            }
        } catch (BlockException e) {
            throw new StepFailed(Operation.WRITE, e);
        }
    }

    private void copy(Step step) throws BlockException, StepFailed {
        MemorySegment buffer = BufferPool.take(step.bytes());
        try {
            MemorySegment data = buffer.asSlice(0, step.bytes());
            read(step, data);
            target.write(step.offset(), data, WriteFlag.NONE);
            behind.written(step.bytes());
        } finally {
            BufferPool.give(buffer);
        }
    }

    private void read(Step step, MemorySegment into) throws StepFailed {
        try {
            source.read(step.offset(), into);
        } catch (BlockException e) {
            throw new StepFailed(Operation.READ, e);
        }
    }
}

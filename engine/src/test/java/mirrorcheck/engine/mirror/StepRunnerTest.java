// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.job.JobEvent.Operation;
import mirrorcheck.engine.mirror.Plan.Action;
import mirrorcheck.engine.mirror.Plan.Step;
import mirrorcheck.engine.mirror.StepRunner.StepFailed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each step asks of the two ends, and whose fault it is if that fails. */
class StepRunnerTest {
    private static final int CHUNK = 64 << 10;
    private static final long LENGTH = 256 * CHUNK;

    private final List<String> requests = new ArrayList<>();
    private final End source;
    private final End target;
    private final StepRunner runner;

    StepRunnerTest() throws BlockException {
        source = new End("source");
        target = new End("target");
        runner = new StepRunner(source, target);
    }

    /** Memory that writes down what it is asked, and fails one kind of request. */
    private final class End extends RequestFilter {
        private Request.Kind failing;

        End(String name) throws BlockException {
            super(NodeOptions.named(name).withDiscard(Discard.UNMAP), memory(), true);
        }

        private static BlockNode memory() throws BlockException {
            return new MemoryNode(NodeOptions.named("memory"), LENGTH);
        }

        @Override
        protected void before(Request request) throws BlockException {
            requests.add(nodeName() + " " + request.kind() + " " + request.offset() + "+"
                    + request.bytes() + (request.flags().isEmpty() ? "" : " " + request.flags()));
            if (request.kind() == failing) {
                throw new BlockException(Errno.EIO, nodeName());
            }
        }

        @Override
        protected void doStartWriteback() {
            requests.add(nodeName() + " begins to write back");
        }
    }

    private void run(Action action, long offset, long bytes) throws StepFailed {
        runner.run(new Step(action, offset, bytes));
    }

    @Test
    void aCopyMovesTheBytes() throws Exception {
        source.write(CHUNK, MemorySegment.ofArray("data".getBytes()), WriteFlag.NONE);
        requests.clear();

        run(Action.COPY, CHUNK, CHUNK);

        assertEquals(List.of("source READ 65536+65536", "target WRITE 65536+65536"), requests);
        byte[] copied = new byte[4];
        target.read(CHUNK, MemorySegment.ofArray(copied));
        assertEquals("data", new String(copied));
    }

    @Test
    void zeroesMayUnmapAndReadNothing() throws Exception {
        run(Action.ZERO, 0, CHUNK);
        run(Action.DISCARD, CHUNK, CHUNK);

        assertEquals(List.of("target WRITE_ZEROES 0+65536 [MAY_UNMAP]",
                "target DISCARD 65536+65536"), requests);
    }

    @Test
    void whatIsSkippedNeedsNoRun() {
        assertThrows(IllegalStateException.class, () -> run(Action.SKIP, 0, CHUNK));
        assertEquals(List.of(), requests);
    }

    @Test
    void theTargetBeginsToWriteBackBeforeTheFlushAsksForIt() throws Exception {
        for (int i = 0; i < 32; i++) {
            run(Action.COPY, (long) i * CHUNK, CHUNK);
        }
        assertEquals("target begins to write back", requests.getLast());
        assertEquals(1, requests.stream().filter(one -> one.endsWith("write back")).count());
    }

    @Test
    void aSourceThatCannotBeReadIsToBlameForItself() {
        source.failing = Request.Kind.READ;

        StepFailed failed = assertThrows(StepFailed.class, () -> run(Action.COPY, 0, CHUNK));

        assertEquals(Operation.READ, failed.operation());
        assertEquals("source", failed.error().getMessage());
        assertEquals(List.of("source READ 0+65536"), requests);
    }

    @ParameterizedTest
    @EnumSource(value = Action.class, mode = EnumSource.Mode.EXCLUDE, names = {"SKIP", "DISCARD"})
    void aTargetThatCannotBeWrittenIsToBlameForItself(Action action) {
        target.failing = action == Action.COPY ? Request.Kind.WRITE : Request.Kind.WRITE_ZEROES;

        StepFailed failed = assertThrows(StepFailed.class, () -> run(action, 0, CHUNK));

        assertEquals(Operation.WRITE, failed.operation());
        assertEquals("target", failed.error().getMessage());
    }

    @Test
    void aSourceThatCannotTellHoldsData() throws Exception {
        assertEquals(new Extent(0, CHUNK, BlockStatus.ZERO), known(0));
        source.failing = Request.Kind.BLOCK_STATUS;

        assertEquals(new Extent(CHUNK, CHUNK, BlockStatus.DATA), known(CHUNK));
    }

    private Extent known(long offset) {
        return runner.sourceStatus(offset, CHUNK);
    }
}

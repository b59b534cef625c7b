// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.SimClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ThrottleNodeTest extends BlockNodeContract {
    private static final long MIB = 1 << 20;
    private static final long SECOND = 1_000_000_000;

    private MemoryNode child;

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws BlockException {
        return throttle(options, bytes, SimClock.jumping(), MIB);
    }

    @Override
    protected long allocatedBytes() {
        return child.allocatedBytes();
    }

    private ThrottleNode throttle(NodeOptions options, long bytes, SimClock clock, long rate)
            throws BlockException {
        child = new MemoryNode(FilterNode.transparent("child"), bytes);
        ThrottleGroup group = new ThrottleGroup(ThrottleGroup.Rates.total(rate),
                ThrottleGroup.Rates.NONE, clock);
        return new ThrottleNode(options, child, true, group);
    }

    @Test
    void requestsWaitUntilThoseBeforeThemArePaidFor() throws Exception {
        SimClock clock = SimClock.jumping();
        try (BlockNode node = throttle(UNMAP, 16 * MIB, clock, 2 * MIB)) {
            MemorySegment data = MemorySegment.ofArray(pattern((int) MIB, 1));
            node.write(0, data, WriteFlag.NONE);
            assertEquals(0, clock.nanoTime());
            node.read(0, data);
            assertEquals(SECOND / 2, clock.nanoTime());
            node.writeZeroes(0, 4 * MIB, WriteFlag.NONE);
            assertEquals(SECOND, clock.nanoTime());
            node.blockStatus(0, MIB);
            assertEquals(SECOND, clock.nanoTime());
            node.discard(0, MIB);
            assertEquals(3 * SECOND, clock.nanoTime());
            clock.advance(Duration.ofSeconds(10));
            node.flush();
            assertEquals(13 * SECOND, clock.nanoTime());
        }
    }

    @Test
    void longestZeroWriteIsChargedWithoutOverflow() throws Exception {
        SimClock clock = SimClock.jumping();
        try (BlockNode node = throttle(UNMAP, Long.MAX_VALUE - 511, clock, 1)) {
            node.writeZeroes(0, node.length(), MAY_UNMAP);
            node.flush();
            assertEquals(1L << 60, clock.nanoTime());
        }
    }

    @Test
    void waitsForTheTimeAndNoLonger() throws Exception {
        SimClock clock = SimClock.standing();
        try (BlockNode node = throttle(UNMAP, MIB, clock, MIB)) {
            node.writeZeroes(0, MIB, WriteFlag.NONE);
            FutureTask<Void> flush = start(node);
            clock.awaitWaiters(1);
            clock.advance(Duration.ofMillis(999));
            assertTrue(!flush.isDone(), "flushed before its time");
            clock.advance(Duration.ofMillis(1));
            flush.get();
        }
    }

    @Test
    void closeEndsTheWait() throws Exception {
        SimClock clock = SimClock.standing();
        BlockNode node = throttle(UNMAP, MIB, clock, MIB);
        node.writeZeroes(0, MIB, WriteFlag.NONE);
        FutureTask<Void> flush = start(node);
        clock.awaitWaiters(1);
        node.close();
        assertFails(flush, Errno.ECANCELED);
    }

    @Test
    void interruptEndsTheWait() throws Exception {
        SimClock clock = SimClock.standing();
        try (BlockNode node = throttle(UNMAP, MIB, clock, MIB)) {
            node.writeZeroes(0, MIB, WriteFlag.NONE);
            FutureTask<Void> flush = new FutureTask<>(() -> {
                node.flush();
                return null;
            });
            Thread thread = Thread.ofPlatform().start(flush);
            clock.awaitWaiters(1);
            thread.interrupt();
            assertFails(flush, Errno.EINTR);
        }
    }

    private static FutureTask<Void> start(BlockNode node) {
        FutureTask<Void> flush = new FutureTask<>(() -> {
            node.flush();
            return null;
        });
        Thread.ofPlatform().start(flush);
        return flush;
    }

    private static void assertFails(FutureTask<Void> task, Errno errno) {
        ExecutionException e = assertThrows(ExecutionException.class, task::get);
        assertEquals(errno, ((BlockException) e.getCause()).errno());
    }
}

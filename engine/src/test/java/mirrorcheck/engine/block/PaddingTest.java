// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing may change a block between the moment it is read and the moment it is written back. */
@Timeout(30)
class PaddingTest {
    private static final NodeOptions UNMAP =
            NodeOptions.named("node").withDiscard(Discard.UNMAP);
    private static final long BLOCK = 4096;

    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private RecordingNode node;

    /** The requests that change bytes. */
    enum Change { WRITE, ODD_WRITE, ZERO, ODD_ZERO, DISCARD }

    @BeforeEach
    void holdTheFirstRead() throws BlockException {
        node = new RecordingNode(UNMAP, 1 << 20);
        node.limits = new Limits((int) BLOCK, 0, Long.MAX_VALUE, Long.MAX_VALUE, true);
        node.duringRead = () -> {
            reading.countDown();
            await(goOn);
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("test: interrupted", e);
        }
    }

    private void change(Change change, long offset) throws BlockException {
        MemorySegment data = MemorySegment.ofArray(new byte[(int) BLOCK]).fill((byte) 7);
        switch (change) {
            case WRITE -> node.write(offset, data, WriteFlag.NONE);
            case ODD_WRITE -> node.write(offset + 9, data.asSlice(0, 1), WriteFlag.NONE);
            case ZERO -> node.writeZeroes(offset, BLOCK, WriteFlag.NONE);
            case ODD_ZERO -> node.writeZeroes(offset + 9, 1, WriteFlag.NONE);
            case DISCARD -> node.discard(offset, BLOCK);
        }
    }

    private Thread start(Change change, long offset) {
        return Thread.ofPlatform().start(() -> {
            try {
                change(change, offset);
            } catch (BlockException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void blockThatIsBeingFilledUpIsLeftAlone(Change change) throws Exception {
        Thread filling = start(Change.ODD_WRITE, 0);
        reading.await();
        Thread changing = start(change, 0);
        while (changing.getState() != Thread.State.WAITING) {
            assertTrue(changing.isAlive(), "changed a block between its read and its write");
            Thread.onSpinWait();
        }
        assertEquals(List.of("read 0 4096"), node.calls);
        goOn.countDown();
        filling.join();
        changing.join();
        assertEquals("write 0 4096", node.calls.get(1));
    }

    @Test
    void otherBlocksNeedNotWait() throws Exception {
        Thread filling = start(Change.ODD_WRITE, 0);
        reading.await();
        change(Change.WRITE, BLOCK);
        assertEquals(List.of("read 0 4096", "write 4096 4096"), node.calls);
        goOn.countDown();
        filling.join();
    }
}

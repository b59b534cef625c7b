// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.SimClock;
import org.junit.jupiter.api.Test;

class NullNodeTest {
    private static final NodeOptions OPTIONS = NodeOptions.named("null");

    @Test
    void keepsNothing() throws Exception {
        try (NullNode node = new NullNode(OPTIONS, 1000, 0, true, SimClock.jumping())) {
            byte[] bytes = {1, 2, 3};
            node.write(0, MemorySegment.ofArray(bytes), Set.of(WriteFlag.FUA));
            node.read(0, MemorySegment.ofArray(bytes));
            assertEquals(0, bytes[0] | bytes[1] | bytes[2]);
            assertEquals(1024, node.length());
            assertEquals(BlockStatus.ZERO, node.blockStatus(0, 1024).status());
        }
    }

    @Test
    void saysDataUnlessItReadsZeroes() throws Exception {
        try (NullNode node = new NullNode(OPTIONS, 512, 0, false, SimClock.jumping())) {
            assertEquals(BlockStatus.DATA, node.blockStatus(0, 512).status());
        }
    }

    @Test
    void latencyIsTaken() throws Exception {
        SimClock clock = SimClock.jumping();
        try (NullNode node = new NullNode(OPTIONS, 512, 1_000_000, false, clock)) {
            node.flush();
            node.read(0, MemorySegment.ofArray(new byte[1]));
            node.writeZeroes(0, 512, WriteFlag.NONE);
            assertEquals(3_000_000, clock.nanoTime());
        }
    }

    @Test
    void refusesNegativeNumbers() {
        assertEquals("latency-ns is invalid", assertThrows(BlockException.class,
                () -> new NullNode(OPTIONS, 0, -1, false, SimClock.jumping())).getMessage());
        assertThrows(BlockException.class,
                () -> new NullNode(OPTIONS, -1, 0, false, SimClock.jumping()));
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.driver.RawNode;
import org.junit.jupiter.api.Test;

class WriteBehindTest {
    private static final long MIB = 1 << 20;

    private final AtomicInteger hints = new AtomicInteger();

    /** A device that counts how often it is told to begin with its writeback. */
    private final class Counting extends FilterNode {
        Counting() throws BlockException {
            super(FilterNode.transparent("counting"),
                    new MemoryNode(NodeOptions.named("disk"), 64 * MIB), true);
        }

        @Override
        protected void doStartWriteback() {
            hints.incrementAndGet();
        }
    }

    @Test
    void theDiskBeginsAtEachTwoMebibytes() throws Exception {
        WriteBehind behind = new WriteBehind(new Counting());
        for (int i = 1; i <= 24; i++) {
            behind.written(MIB);
            assertEquals(i / 2, hints.get(), "after " + i + " MiB");
        }
    }

    @Test
    void oneLargeWriteIsOneHint() throws Exception {
        new WriteBehind(new Counting()).written(40 * MIB);
        assertEquals(1, hints.get());
    }

    @Test
    void nothingIsBegunForWhatIsNeverFlushed() throws Exception {
        NodeOptions options = NodeOptions.named("format");
        new RawNode(options, new Counting(), true).startWriteback();
        assertEquals(1, hints.get());
        new RawNode(options.withNoFlush(true), new Counting(), true).startWriteback();
        assertEquals(1, hints.get());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which buffers are kept for later. */
class BufferPoolTest {
    private static final int KEPT = 16;
    private static final long M = 1 << 20;

    private static List<MemorySegment> take(int count, long bytes) throws BlockException {
        List<MemorySegment> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(BufferPool.take(bytes));
        }
        return all;
    }

    private static Set<Long> addresses(List<MemorySegment> buffers) {
        Set<Long> all = new HashSet<>();
        buffers.forEach(one -> all.add(one.address()));
        return all;
    }

    @ParameterizedTest(name = "{0} bytes, then {1}: {2} of {0} bytes are kept")
    @CsvSource({"1, 1, 16", "1048576, 1048576, 16", "4096, 1048576, 16", "1048577, 1048577, 0",
            "1, 1048577, 0"})
    void sixteenMiBAreKept(long first, long then, int kept) throws BlockException {
        List<MemorySegment> before = take(2 * KEPT, first);
        assertEquals(2 * KEPT, addresses(before).size(), "each has its own");
        before.forEach(BufferPool::give);

        List<MemorySegment> after = take(2 * KEPT, then);
        assertEquals(2 * KEPT, addresses(after).size());
        assertTrue(after.stream().allMatch(one -> one.byteSize() >= then));
        Set<Long> both = addresses(after);
        both.retainAll(addresses(before));
        assertEquals(kept, both.size());
        after.forEach(BufferPool::give);
    }

    /** Whichever order they come back in: only memory that can be freed is ever given up. */
    @Test
    void thoseInHugePagesAreUsedFirstAndKept() throws BlockException {
        List<MemorySegment> all = take(2 * KEPT, 1);
        List<MemorySegment> huge = all.stream().filter(BufferPool::isHuge).toList();
        assertEquals(huge, all.subList(0, KEPT));
        all.reversed().forEach(BufferPool::give);

        List<MemorySegment> again = take(KEPT, 1);
        assertEquals(addresses(huge), addresses(again));
        again.forEach(BufferPool::give);
    }

    @Test
    void aBufferIsAtLeastAMebibyte() throws BlockException {
        MemorySegment buffer = BufferPool.take(1);
        assertEquals(M, buffer.byteSize());
        BufferPool.give(buffer);
    }
}

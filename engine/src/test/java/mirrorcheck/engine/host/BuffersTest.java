// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory for requests, as the host gives it. */
class BuffersTest {
    private static final long BYTES = 2 * Buffers.HUGE_PAGE;

    @Test
    void hugeMemoryIsAlignedAndAllOfItIsUsable() {
        MemorySegment memory = Buffers.allocateHuge(BYTES);
        assertEquals(BYTES, memory.byteSize());
        assertEquals(0, memory.address() % Buffers.HUGE_PAGE);
        memory.fill((byte) 7);
        assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, BYTES - 1));
    }

    @Test
    void theHostIsAskedForHugePages() throws IOException {
        assumeTrue(Files.exists(Path.of("/sys/kernel/mm/transparent_hugepage")),
                "this kernel has no transparent huge pages");
        MemorySegment memory = Buffers.allocateHuge(BYTES);
        String flags = flagsAt(memory.address());
        assertTrue(flags.contains(" hg"), flags);
    }

    /** The flags of the mapping that an address lies in. */
    private static String flagsAt(long address) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        boolean here = false;
        for (String line : lines) {
            String first = line.substring(0, line.indexOf(' '));
            if (first.contains("-")) {
                String[] bounds = first.split("-");
                here = Long.compareUnsigned(Long.parseUnsignedLong(bounds[0], 16), address) <= 0
                        && Long.compareUnsigned(address,
                        Long.parseUnsignedLong(bounds[1], 16)) < 0;
            } else if (here && first.equals("VmFlags:")) {
                return line;
            }
        }
        throw new AssertionError("no mapping holds " + Long.toHexString(address));
    }
}

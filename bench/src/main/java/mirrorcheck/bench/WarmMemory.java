// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Memory that the machine really has before a copy begins.
 *
 * <p>A virtual machine gives memory that lies free back to its host. A copy that gets it again waits
 * for the host, one after another does not: the same program then takes twice the time or half of
 * it, whoever it is. So the memory is touched just before, and is free again when the copy begins.
 */
final class WarmMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";
    /** What a program needs beside the pages of its target. */
    private static final long MARGIN = 512L << 20;
    /** Allocated at a time. */
    private static final long PIECE = 256L << 20;

    private WarmMemory() {
    }

    /**
     * Touches as much memory as a copy needs that writes {@code bytes}, and half of what is
     * available at most. Blocks until it is free again.
     *
     * @throws IOException if the host does not say how much it has
     */
    static void forCopyOf(long bytes) throws IOException {
        long most = Math.min(bytes + MARGIN, available() / 2);
        try (Arena arena = Arena.ofConfined()) {
            for (long touched = 0; touched < most; touched += PIECE) {
                // New segments are filled with zeroes, which touches every page.
                arena.allocate(PIECE);
            }
        }
    }

    /** Bytes that the host could give without swapping. */
    static long available() throws IOException {
        try (Stream<String> lines = Files.lines(MEMINFO)) {
            String line = lines.filter(known -> known.startsWith(AVAILABLE)).findFirst()
                    .orElseThrow(() -> new IOException(MEMINFO + ": no line " + AVAILABLE));
            return Long.parseLong(line.substring(AVAILABLE.length()).replace("kB", "").strip())
                    << 10;
        }
    }
}

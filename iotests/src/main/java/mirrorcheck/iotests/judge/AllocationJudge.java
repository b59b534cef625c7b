// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import java.io.IOException;
import java.nio.file.Path;
import mirrorcheck.engine.host.HostFile;

/**
 * Asks the host what it has allocated: block counts, never hole maps, since unwritten extents are
 * reported as holes.
 */
public final class AllocationJudge {
    /** What a file system may need for its own maps, per image, in bytes. */
    public static final long SLOP = 8 << 10;

    private AllocationJudge() {
    }

    /** The bytes the host has allocated for a file. */
    public static long allocatedBytes(Path file) throws IOException {
        try (HostFile host = HostFile.open(file)) {
            return host.allocatedBytes();
        }
    }

    /**
     * {@code sparse} under a fifth of the size, {@code full} over nineteen twentieths, else {@code
     * partial}.
     */
    public static String classOf(long allocated, long size) {
        if (allocated < size / 5 || allocated == 0) {
            return "sparse";
        }
        return allocated > size / 20 * 19 ? "full" : "partial";
    }
}

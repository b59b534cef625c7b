// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.lang.foreign.MemorySegment;
import mirrorcheck.engine.host.Buffers;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.HostException;
import mirrorcheck.engine.host.HostFile;

/** Finds out by trying which offsets and lengths a file takes with O_DIRECT. */
final class DirectAlignment {
    /** Suits every device; the answer where trying cannot tell. */
    private static final int SAFE = 4096;
    private static final int[] CANDIDATES = {512, SAFE};

    private DirectAlignment() {
    }

    /**
     * The smallest alignment that reads at the start of the file accept, in bytes. A hole or an
     * empty file takes any length, which says nothing about the device: then 4096.
     *
     * @throws HostException if not even aligned reads succeed
     */
    static int of(HostFile direct) throws HostException {
        MemorySegment buffer = Buffers.take();
        try {
            if (accepts(direct, buffer.asSlice(0, 1))) {
                return SAFE;
            }
            for (int candidate : CANDIDATES) {
                if (accepts(direct, buffer.asSlice(0, candidate))) {
                    return candidate;
                }
            }
            // Let the host say what it has against an aligned read.
            direct.pread(0, buffer.asSlice(0, SAFE));
            return SAFE;
        } finally {
            Buffers.give(buffer);
        }
    }

    private static boolean accepts(HostFile direct, MemorySegment into) throws HostException {
        try {
            direct.pread(0, into);
            return true;
        } catch (HostException e) {
            if (e.errno() == Errno.EINVAL) {
                return false;
            }
            throw e;
        }
    }
}

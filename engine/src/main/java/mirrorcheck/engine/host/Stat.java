// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What the host knows of an open file. Asked with statx, whose layout is the same on every
 * architecture:
 *
 * <pre>
 *  0        4         8            16      28     32    40     48       56
 * +--------+---------+------------+--   --+------+-----+------+--------+--
 * | mask   | blksize | attributes | ...   | mode | ino | size | blocks | ...   256 bytes in all
 * +--------+---------+------------+--   --+------+-----+------+--------+--
 * </pre>
 *
 * @param mode   file type and permissions
 * @param size   length in bytes
 * @param blocks allocated units of 512 bytes
 */
record Stat(int mode, long size, long blocks) {
    private static final int BYTES = 256;
    private static final long MODE = 28;
    private static final long SIZE = 40;
    private static final long BLOCKS = 48;
    /** AT_EMPTY_PATH: the file is the descriptor itself. */
    private static final int EMPTY_PATH = 0x1000;
    /** STATX_TYPE | STATX_MODE | STATX_SIZE | STATX_BLOCKS. */
    private static final int WANTED = 0x1 | 0x2 | 0x200 | 0x400;
    private static final int TYPE_MASK = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;

    static Stat of(int fd, String path) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(BYTES, JAVA_LONG.byteAlignment());
            int result = Calls.statx(fd, arena.allocate(1), EMPTY_PATH, WANTED, answer);
            if (result < 0) {
                throw HostException.failed("statx '" + path + "'", -result);
            }
            return new Stat(answer.get(JAVA_SHORT, MODE) & 0xffff, answer.get(JAVA_LONG, SIZE),
                    answer.get(JAVA_LONG, BLOCKS));
        }
    }

    boolean isRegular() {
        return (mode & TYPE_MASK) == REGULAR;
    }

    boolean isDirectory() {
        return (mode & TYPE_MASK) == DIRECTORY;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import java.lang.foreign.MemorySegment;

/** Turns a call that may move less than it was asked to into one that moves all of it. */
final class Transfer {
    /** One call of pread or pwrite: the bytes moved, or minus the errno. */
    @FunctionalInterface
    interface Step {
        long move(long offset, MemorySegment part);
    }

    private static final int EINTR = Errno.EINTR.number();
    /**
     * The finest unit of direct I/O; a direct read that ends elsewhere has met the end of the file.
     */
    private static final long SECTOR = 512;

    private Transfer() {
    }

    /**
     * Reads until {@code into} is full or the file ends.
     *
     * @return the bytes read, or minus the errno
     */
    static long read(Step step, long offset, MemorySegment into, boolean direct) {
        long done = 0;
        long bytes = into.byteSize();
        while (done < bytes) {
            long moved = step.move(offset + done, done == 0 ? into : into.asSlice(done));
            if (moved == -EINTR) {
                continue;
            }
            if (moved < 0) {
                return moved;
            }
            done += moved;
            // To go on from inside a sector would be refused as misaligned.
            if (moved == 0 || direct && done % SECTOR != 0) {
                break;
            }
        }
        return done;
    }

    /**
     * Writes all of {@code from}.
     *
     * @return 0, or minus the errno; part of the range may then have been written
     */
    static long write(Step step, long offset, MemorySegment from) {
        long done = 0;
        long bytes = from.byteSize();
        while (done < bytes) {
            long moved = step.move(offset + done, done == 0 ? from : from.asSlice(done));
            if (moved == -EINTR) {
                continue;
            }
            if (moved < 0) {
                return moved;
            }
            if (moved == 0) {
                return -Errno.EIO.number();
            }
            done += moved;
        }
        return 0;
    }
}

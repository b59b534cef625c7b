// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * The part of a file system that the probes try; an interface, so that probes are tested on file
 * systems that lie.
 */
interface ProbeFiles {
    /**
     * Creates an empty file; {@link File#close} deletes it.
     *
     * @param direct whether it is opened with O_DIRECT
     */
    File create(boolean direct) throws IOException;

    /** Bytes that can still be written. */
    long free() throws IOException;

    /** An open file. Offsets and lengths are bytes. */
    interface File extends AutoCloseable {
        void write(long offset, byte[] from) throws IOException;

        /** Fills {@code into}; what lies past the end reads as it was. */
        void read(long offset, byte[] into) throws IOException;

        void truncate(long bytes) throws IOException;

        void allocate(long offset, long bytes) throws IOException;

        void punchHole(long offset, long bytes) throws IOException;

        void zeroRange(long offset, long bytes) throws IOException;

        OptionalLong seekData(long offset) throws IOException;

        OptionalLong seekHole(long offset) throws IOException;

        void sync() throws IOException;

        /** What the host says it has allocated. */
        long allocatedBytes() throws IOException;

        @Override
        void close() throws IOException;
    }
}

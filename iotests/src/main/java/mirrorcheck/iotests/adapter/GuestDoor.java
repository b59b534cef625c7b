// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.io.IOException;
import java.util.Map;

/**
 * What a guest can do to its disk. Every call blocks until acknowledged; calls may come from
 * several threads.
 */
public interface GuestDoor extends AutoCloseable {
    /** Reads into {@code into}, all of it. */
    void read(long offset, byte[] into) throws IOException;

    /** Writes {@code from}; {@code flags} may hold {@code fua}. */
    void write(long offset, byte[] from, Map<String, Boolean> flags) throws IOException;

    /**
     * Writes zeroes; {@code flags} may hold {@code unmap} (true: may deallocate), {@code fast} and
     * {@code fua}.
     */
    void writeZeroes(long offset, long bytes, Map<String, Boolean> flags) throws IOException;

    /** Discards (NBD TRIM). */
    void discard(long offset, long bytes) throws IOException;

    /** Flushes. */
    void flush() throws IOException;

    @Override
    void close() throws IOException;
}

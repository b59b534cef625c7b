// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import mirrorcheck.engine.block.BlockIo;

/**
 * A guest whose disk is a block device of the engine: an attachment, or the client of an NBD
 * export.
 */
public final class BlockGuest implements GuestDoor {
    /** What is to be done when the guest leaves. */
    public interface Leaving {
        void leave() throws IOException;
    }

    private final BlockIo disk;
    private final Leaving leaving;

    /** A guest on {@code disk}, which {@code leaving} gives back. */
    public BlockGuest(BlockIo disk, Leaving leaving) {
        this.disk = disk;
        this.leaving = leaving;
    }

    @Override
    public void read(long offset, byte[] into) throws IOException {
        disk.read(offset, MemorySegment.ofArray(into));
    }

    @Override
    public void write(long offset, byte[] from, Map<String, Boolean> flags) throws IOException {
        disk.write(offset, MemorySegment.ofArray(from), GuestFlags.of(flags));
    }

    @Override
    public void writeZeroes(long offset, long bytes, Map<String, Boolean> flags)
            throws IOException {
        disk.writeZeroes(offset, bytes, GuestFlags.of(flags));
    }

    @Override
    public void discard(long offset, long bytes) throws IOException {
        disk.discard(offset, bytes);
    }

    @Override
    public void flush() throws IOException {
        disk.flush();
    }

    @Override
    public void close() throws IOException {
        leaving.leave();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.iotests.adapter.GuestDoor;
import mirrorcheck.iotests.adapter.GuestFlags;

/** A guest of the engine: an attachment to a node, in process. */
final class EngineGuest implements GuestDoor {
    private final Attachment disk;

    EngineGuest(Attachment disk) {
        this.disk = disk;
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
    public void close() {
        disk.close();
    }
}

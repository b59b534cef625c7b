// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.iotests.adapter.GuestDoor;

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
        disk.write(offset, MemorySegment.ofArray(from), writeFlags(flags));
    }

    @Override
    public void writeZeroes(long offset, long bytes, Map<String, Boolean> flags)
            throws IOException {
        disk.writeZeroes(offset, bytes, writeFlags(flags));
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

    private static Set<WriteFlag> writeFlags(Map<String, Boolean> flags) {
        Set<WriteFlag> set = EnumSet.noneOf(WriteFlag.class);
        flags.forEach((name, on) -> {
            if (on) {
                set.add(switch (name) {
                    case "fua" -> WriteFlag.FUA;
                    case "fast" -> WriteFlag.FAST_ZERO;
                    case "unmap" -> WriteFlag.MAY_UNMAP;
                    default ->
                            throw new IllegalArgumentException("flag '" + name
                                    + "': not a flag of a guest write");
                });
            }
        });
        return set;
    }
}

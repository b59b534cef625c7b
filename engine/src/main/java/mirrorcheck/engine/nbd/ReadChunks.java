// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.Zeroes;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;

/** Cuts the data of a read into chunks, those that are zero into holes. */
final class ReadChunks {
    /** What is looked at as a whole, in bytes; saves more on the socket than its head costs. */
    private static final int BLOCK = 32 << 10;

    private final Command command;
    private final MemorySegment data;
    private final List<ByteBuffer> buffers = new ArrayList<>();

    private ReadChunks(Command command, MemorySegment data) {
        this.command = command;
        this.data = data;
    }

    /** The reply to a read: buffers over {@code data} among others. */
    static ByteBuffer[] of(Command command, MemorySegment data, boolean holes) {
        ReadChunks chunks = new ReadChunks(command, data);
        long bytes = data.byteSize();
        if (bytes == 0) {
            ByteBuffer none = ByteBuffer.allocate(Chunk.HEADER_BYTES);
            new Chunk(Chunk.FLAG_DONE, Chunk.NONE, command.cookie(), 0).put(none);
            return new ByteBuffer[] {none.flip()};
        }
        for (long at = 0; at < bytes;) {
            boolean zero = holes && chunks.isZero(at);
            long end = at;
            do {
                end = Math.min(bytes, chunks.blockEnd(end));
            } while (end < bytes && (holes && chunks.isZero(end)) == zero);
            chunks.add(at, end, zero);
            at = end;
        }
        return chunks.buffers.toArray(ByteBuffer[]::new);
    }

    /** Blocks are aligned in the export, so that whole clusters are found whole. */
    private long blockEnd(long at) {
        return at + BLOCK - (command.offset() + at) % BLOCK;
    }

    private boolean isZero(long at) {
        long end = Math.min(data.byteSize(), blockEnd(at));
        return Zeroes.isZero(data.asSlice(at, end - at));
    }

    private void add(long start, long end, boolean zero) {
        int flags = end == data.byteSize() ? Chunk.FLAG_DONE : 0;
        long offset = command.offset() + start;
        if (zero) {
            ByteBuffer hole = ByteBuffer.allocate(Chunk.HEADER_BYTES + Chunk.OFFSET_HOLE_BYTES);
            new Chunk(flags, Chunk.OFFSET_HOLE, command.cookie(), Chunk.OFFSET_HOLE_BYTES)
                    .put(hole);
            new Chunk.Hole(offset, end - start).put(hole);
            buffers.add(hole.flip());
        } else {
            ByteBuffer head = ByteBuffer.allocate(Chunk.HEADER_BYTES + Chunk.OFFSET_DATA_BYTES);
            new Chunk(flags, Chunk.OFFSET_DATA, command.cookie(),
                    Chunk.OFFSET_DATA_BYTES + end - start).put(head);
            buffers.add(head.putLong(offset).flip());
            buffers.add(data.asSlice(start, end - start).asByteBuffer());
        }
    }
}

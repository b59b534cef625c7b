// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.WireException;

/** A read that waits for its data, which may come in pieces of any order. */
final class PendingRead extends PendingReply {
    private final MemorySegment into;
    /** What has come, start to end, relative to the request; neighbours are joined. */
    private final TreeMap<Long, Long> covered = new TreeMap<>();

    PendingRead(Command command, MemorySegment into) {
        super(command);
        this.into = into;
    }

    @Override
    void takeSimple(int number, Transport transport) throws IOException {
        super.takeSimple(number, transport);
        if (number == 0) {
            transport.readFully(into);
        }
    }

    @Override
    void takeContent(Chunk chunk, Transport transport) throws IOException {
        switch (chunk.type()) {
            case Chunk.OFFSET_DATA -> {
                long most = Chunk.OFFSET_DATA_BYTES + into.byteSize();
                WireException.checkRange("nbd data chunk: length", chunk.length(),
                        Chunk.OFFSET_DATA_BYTES + 1, most);
                long offset = transport.take(Chunk.OFFSET_DATA_BYTES).getLong();
                long bytes = chunk.length() - Chunk.OFFSET_DATA_BYTES;
                transport.readFully(cover("nbd data chunk", offset, bytes));
            }
            case Chunk.OFFSET_HOLE -> {
                WireException.checkRange("nbd hole chunk: length", chunk.length(),
                        Chunk.OFFSET_HOLE_BYTES, Chunk.OFFSET_HOLE_BYTES);
                Chunk.Hole hole = Chunk.Hole.get(transport.take(Chunk.OFFSET_HOLE_BYTES));
                WireException.checkRange("nbd hole chunk: hole size", hole.bytes(), 1,
                        into.byteSize());
                cover("nbd hole chunk", hole.offset(), hole.bytes()).fill((byte) 0);
            }
            default -> super.takeContent(chunk, transport);
        }
    }

    /** Notes that a range has come and answers where it goes. */
    private MemorySegment cover(String what, long offset, long bytes) throws WireException {
        long first = command().offset();
        WireException.checkRange(what + ": offset", offset, first,
                first + into.byteSize() - bytes);
        long start = offset - first;
        long end = start + bytes;
        Map.Entry<Long, Long> before = covered.floorEntry(start);
        Long after = covered.higherKey(start);
        if (before != null && before.getValue() > start || after != null && after < end) {
            throw new WireException(what + ": offset " + offset + ", " + bytes
                    + " bytes: must not overlap an earlier chunk");
        }
        MemorySegment target = into.asSlice(start, bytes);
        Long joined = covered.remove(end);
        long joinedEnd = joined == null ? end : joined;
        if (before != null && before.getValue() == start) {
            covered.put(before.getKey(), joinedEnd);
        } else {
            covered.put(start, joinedEnd);
        }
        return target;
    }

    @Override
    void checkComplete() throws WireException {
        long bytes = covered.entrySet().stream().mapToLong(e -> e.getValue() - e.getKey()).sum();
        WireException.checkRange("nbd reply to " + command().describe() + ": data bytes", bytes,
                into.byteSize(), into.byteSize());
    }
}

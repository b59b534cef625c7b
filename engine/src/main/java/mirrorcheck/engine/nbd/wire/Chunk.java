// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The head of one chunk of a structured reply, and what the chunks carry.
 *
 * <pre>
 * 0       4       6      8        16       20
 * +-------+-------+------+--------+--------+---------+
 * | magic | flags | type | cookie | length | payload |
 * +-------+-------+------+--------+--------+---------+
 *
 * payload of       0           4         8         12
 *                  +-----------+---------+---------+
 * OFFSET_DATA      | offset              | data    |
 *                  +---------------------+---------+
 * OFFSET_HOLE      | offset              | bytes   |
 *                  +-----------+---------+---------+
 * BLOCK_STATUS     | context   | n x ( bytes , flags )
 *                  +-----------+-----+-----------------+--------+
 * ERROR            | error     | len | text, len bytes |        |
 * ERROR_OFFSET     | error     | len | text, len bytes | offset |
 *                  +-----------+-----+-----------------+--------+
 *                               16 bits                  64 bits
 * </pre>
 *
 * @param flags  {@link #FLAG_DONE} on the last chunk of a reply
 * @param type   see the constants
 * @param cookie of the request
 * @param length of the payload, 0 to 2^32 - 1 bytes
 */
public record Chunk(int flags, int type, long cookie, long length) {
    public static final int HEADER_BYTES = 20;
    public static final int MAGIC = 0x668e33ef;

    public static final int FLAG_DONE = 1;

    public static final int NONE = 0;
    public static final int OFFSET_DATA = 1;
    public static final int OFFSET_HOLE = 2;
    public static final int BLOCK_STATUS = 5;
    /** Set in the types of errors, known and unknown. */
    public static final int ERROR_BIT = 1 << 15;
    public static final int ERROR = ERROR_BIT | 1;
    public static final int ERROR_OFFSET = ERROR_BIT | 2;

    /** Payload of OFFSET_DATA before its data. */
    public static final int OFFSET_DATA_BYTES = 8;
    public static final int OFFSET_HOLE_BYTES = 12;
    private static final int ERROR_BYTES = 6;
    /** The longest payload of an error: two numbers, a string, an offset, and room to spare. */
    public static final int MAX_ERROR_BYTES = Strings.MAX_BYTES + 64;

    /** Status flag: nothing is allocated. */
    public static final int STATE_HOLE = 1;
    /** Status flag: reads as zero. */
    public static final int STATE_ZERO = 1 << 1;

    /** Whether no other chunk follows. */
    public boolean isDone() {
        return (flags & FLAG_DONE) != 0;
    }

    /** Whether the chunk tells of a failure. */
    public boolean isError() {
        return (type & ERROR_BIT) != 0;
    }

    /** Writes the head. */
    public void put(ByteBuffer to) {
        to.putInt(MAGIC).putShort((short) flags).putShort((short) type).putLong(cookie)
                .putInt((int) length);
    }

    /** Reads a head. */
    public static Chunk get(ByteBuffer from) throws WireException {
        WireException.checkMagic("nbd structured reply", MAGIC,
                Integer.toUnsignedLong(from.getInt()));
        return new Chunk(from.getShort() & 0xffff, from.getShort() & 0xffff, from.getLong(),
                Integer.toUnsignedLong(from.getInt()));
    }

    /**
     * A range that reads as zero.
     *
     * @param offset first byte, absolute
     * @param bytes  length, greater than 0
     */
    public record Hole(long offset, long bytes) {
        public void put(ByteBuffer to) {
            to.putLong(offset).putInt((int) bytes);
        }

        /** Reads a whole payload, whose length has been checked. */
        public static Hole get(ByteBuffer from) {
            return new Hole(from.getLong(), Integer.toUnsignedLong(from.getInt()));
        }
    }

    /**
     * A failure.
     *
     * @param error   a number of {@link Errors}
     * @param message for people; may be empty
     * @param offset  where, absolute; -1 if nobody knows
     */
    public record Failure(int error, String message, long offset) {
        /** The payload of an ERROR, or of an ERROR_OFFSET if the offset is known. */
        public byte[] encode() {
            byte[] text = Strings.encodeCut(message);
            int bytes = ERROR_BYTES + text.length + (offset < 0 ? 0 : Long.BYTES);
            ByteBuffer to = ByteBuffer.allocate(bytes);
            to.putInt(error).putShort((short) text.length).put(text);
            if (offset >= 0) {
                to.putLong(offset);
            }
            return to.array();
        }

        /** Reads the payload of a chunk of any error type; of an unknown one what all have. */
        public static Failure decode(int type, ByteBuffer from) throws WireException {
            int fixed = type == ERROR_OFFSET ? ERROR_BYTES + Long.BYTES : ERROR_BYTES;
            WireException.checkRange("nbd error chunk length", from.remaining(), fixed,
                    MAX_ERROR_BYTES);
            int error = from.getInt();
            WireException.checkRange("nbd error", Integer.toUnsignedLong(error), 1,
                    Command.MAX_LENGTH);
            int bytes = from.getShort() & 0xffff;
            WireException.checkRange("nbd error message length", bytes, 0,
                    Math.min(Strings.MAX_BYTES, from.remaining() - (fixed - ERROR_BYTES)));
            String message = Strings.take(from, bytes);
            return new Failure(error, message, type == ERROR_OFFSET ? from.getLong() : -1);
        }
    }

    /**
     * One extent of a block status.
     *
     * @param bytes length, 1 to 2^32 - 1
     * @param flags of base:allocation: {@link #STATE_HOLE}, {@link #STATE_ZERO}
     */
    public record Descriptor(long bytes, int flags) {
    }

    /**
     * What one metadata context says of a range, from the offset that was asked for.
     *
     * @param context number of the context
     * @param extents one after the other, at least one
     */
    public record Status(int context, List<Descriptor> extents) {
        public byte[] encode() {
            ByteBuffer to = ByteBuffer.allocate(4 + 8 * extents.size()).putInt(context);
            extents.forEach(each -> to.putInt((int) each.bytes()).putInt(each.flags()));
            return to.array();
        }

        public static Status decode(ByteBuffer from) throws WireException {
            int bytes = from.remaining();
            if (bytes < 12 || bytes % 8 != 4) {
                throw new WireException("nbd block status length " + bytes
                        + ": must be 4 and a positive multiple of 8");
            }
            int context = from.getInt();
            List<Descriptor> extents = new ArrayList<>();
            while (from.hasRemaining()) {
                long length = Integer.toUnsignedLong(from.getInt());
                WireException.checkRange("nbd extent length", length, 1, Command.MAX_LENGTH);
                extents.add(new Descriptor(length, from.getInt()));
            }
            return new Status(context, extents);
        }
    }
}

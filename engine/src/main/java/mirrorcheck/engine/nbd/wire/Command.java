// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.nio.ByteBuffer;

/**
 * The head of a request; the data of a write follows.
 *
 * <pre>
 * 0       4       6      8        16       24       28
 * +-------+-------+------+--------+--------+--------+----------------+
 * | magic | flags | type | cookie | offset | length | data of a write|
 * +-------+-------+------+--------+--------+--------+----------------+
 * </pre>
 *
 * @param flags  see the constants
 * @param type   see the constants
 * @param cookie by which the reply says which request it belongs to
 * @param offset first byte
 * @param length in bytes, 0 to 2^32 - 1
 */
public record Command(int flags, int type, long cookie, long offset, long length) {
    public static final int HEADER_BYTES = 28;
    public static final int MAGIC = 0x25609513;

    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int DISC = 2;
    public static final int FLUSH = 3;
    public static final int TRIM = 4;
    public static final int CACHE = 5;
    public static final int WRITE_ZEROES = 6;
    public static final int BLOCK_STATUS = 7;

    public static final int FLAG_FUA = 1;
    public static final int FLAG_NO_HOLE = 1 << 1;
    public static final int FLAG_DF = 1 << 2;
    public static final int FLAG_REQ_ONE = 1 << 3;
    public static final int FLAG_FAST_ZERO = 1 << 4;

    /** The longest length a request can have. */
    public static final long MAX_LENGTH = 0xffffffffL;

    /** Writes the head. */
    public void put(ByteBuffer to) {
        to.putInt(MAGIC).putShort((short) flags).putShort((short) type).putLong(cookie)
                .putLong(offset).putInt((int) length);
    }

    /** Reads a head. */
    public static Command get(ByteBuffer from) throws WireException {
        WireException.checkMagic("nbd request", MAGIC, Integer.toUnsignedLong(from.getInt()));
        return new Command(from.getShort() & 0xffff, from.getShort() & 0xffff, from.getLong(),
                from.getLong(), Integer.toUnsignedLong(from.getInt()));
    }

    /** The name of a type for messages: {@code write zeroes}. */
    public static String name(int type) {
        return switch (type) {
            case READ -> "read";
            case WRITE -> "write";
            case DISC -> "disconnect";
            case FLUSH -> "flush";
            case TRIM -> "trim";
            case CACHE -> "cache";
            case WRITE_ZEROES -> "write zeroes";
            case BLOCK_STATUS -> "block status";
            default -> "command " + type;
        };
    }

    /** {@code write at 512, 1024 bytes}, for messages. */
    public String describe() {
        return name(type) + " at " + Long.toUnsignedString(offset) + ", " + length + " bytes";
    }
}

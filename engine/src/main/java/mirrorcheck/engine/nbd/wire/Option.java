// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.nio.ByteBuffer;

/**
 * The head of an option that a client sends while it negotiates; its data follows.
 *
 * <pre>
 * 0          8        12       16
 * +----------+--------+--------+-----------+
 * | IHAVEOPT | option | length | data      |
 * +----------+--------+--------+-----------+
 * </pre>
 *
 * @param option one of the constants below, or one that nobody here knows
 * @param length of the data, 0 to 2^32 - 1 bytes
 */
public record Option(int option, long length) {
    public static final int HEADER_BYTES = 16;

    public static final int EXPORT_NAME = 1;
    public static final int ABORT = 2;
    public static final int LIST = 3;
    public static final int STARTTLS = 5;
    public static final int INFO = 6;
    public static final int GO = 7;
    public static final int STRUCTURED_REPLY = 8;
    public static final int LIST_META_CONTEXT = 9;
    public static final int SET_META_CONTEXT = 10;

    /** Writes the head. */
    public void put(ByteBuffer to) {
        to.putLong(Handshake.OPTION_MAGIC).putInt(option).putInt((int) length);
    }

    /** Reads a head. */
    public static Option get(ByteBuffer from) throws WireException {
        WireException.checkMagic("nbd option", Handshake.OPTION_MAGIC, from.getLong());
        return new Option(from.getInt(), Integer.toUnsignedLong(from.getInt()));
    }
}

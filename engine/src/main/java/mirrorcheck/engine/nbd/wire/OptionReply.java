// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.nio.ByteBuffer;

/**
 * The head of what a server answers to an option; its data follows. Some options have several
 * answers, the last of which is {@link #ACK} or an error.
 *
 * <pre>
 * 0         8        12     16       20
 * +---------+--------+------+--------+-----------+
 * | magic   | option | type | length | data      |
 * +---------+--------+------+--------+-----------+
 * </pre>
 *
 * @param option the option that is answered
 * @param type   one of the constants below
 * @param length of the data, 0 to 2^32 - 1 bytes; of an error: of its text
 */
public record OptionReply(int option, int type, long length) {
    public static final int HEADER_BYTES = 20;
    public static final long MAGIC = 0x0003e889045565a9L;

    public static final int ACK = 1;
    /** {@link OptionData.Server}. */
    public static final int SERVER = 2;
    /** One of {@link Info}. */
    public static final int INFO = 3;
    /** {@link OptionData.MetaContext}. */
    public static final int META_CONTEXT = 4;

    private static final int ERROR = 1 << 31;
    public static final int ERR_UNSUP = ERROR | 1;
    public static final int ERR_POLICY = ERROR | 2;
    public static final int ERR_INVALID = ERROR | 3;
    public static final int ERR_TLS_REQD = ERROR | 5;
    public static final int ERR_UNKNOWN = ERROR | 6;
    public static final int ERR_SHUTDOWN = ERROR | 7;
    public static final int ERR_BLOCK_SIZE_REQD = ERROR | 8;
    public static final int ERR_TOO_BIG = ERROR | 9;

    /** Whether the option was refused. */
    public boolean isError() {
        return (type & ERROR) != 0;
    }

    /** Writes the head. */
    public void put(ByteBuffer to) {
        to.putLong(MAGIC).putInt(option).putInt(type).putInt((int) length);
    }

    /** Reads a head. */
    public static OptionReply get(ByteBuffer from) throws WireException {
        WireException.checkMagic("nbd option reply", MAGIC, from.getLong());
        return new OptionReply(from.getInt(), from.getInt(),
                Integer.toUnsignedLong(from.getInt()));
    }
}

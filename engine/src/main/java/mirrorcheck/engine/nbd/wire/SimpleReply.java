// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.nio.ByteBuffer;

/**
 * The head of a simple reply; the data of a read that succeeded follows.
 *
 * <pre>
 * 0       4       8        16
 * +-------+-------+--------+----------------+
 * | magic | error | cookie | data of a read |
 * +-------+-------+--------+----------------+
 * </pre>
 *
 * @param error  0 or a number of {@link Errors}
 * @param cookie of the request
 */
public record SimpleReply(int error, long cookie) {
    public static final int HEADER_BYTES = 16;
    public static final int MAGIC = 0x67446698;

    /** Writes the head. */
    public void put(ByteBuffer to) {
        to.putInt(MAGIC).putInt(error).putLong(cookie);
    }

    /** Reads a head. */
    public static SimpleReply get(ByteBuffer from) throws WireException {
        WireException.checkMagic("nbd simple reply", Integer.toUnsignedLong(MAGIC),
                Integer.toUnsignedLong(from.getInt()));
        return new SimpleReply(from.getInt(), from.getLong());
    }
}

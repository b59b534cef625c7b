// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.nio.ByteBuffer;

/**
 * How a fixed newstyle connection begins, and how it ends with the oldest of the options.
 *
 * <pre>
 * server, at once                client, in answer    server, after NBD_OPT_EXPORT_NAME
 * 0          8          16  18   0         4          0         8   10                      134
 * +----------+----------+---+    +---------+          +---------+---+-----------------------+
 * | NBDMAGIC | IHAVEOPT | f |    | flags   |          | size    | t | 124 bytes 0, if asked |
 * +----------+----------+---+    +---------+          +---------+---+-----------------------+
 * f: handshake flags                                  t: transmission flags
 * </pre>
 */
public final class Handshake {
    public static final int GREETING_BYTES = 18;
    public static final int CLIENT_FLAGS_BYTES = 4;
    public static final int EXPORT_BYTES = 10;
    public static final int PADDING_BYTES = 124;

    /** {@code NBDMAGIC} in ASCII. */
    public static final long INIT_MAGIC = 0x4e42444d41474943L;
    /** {@code IHAVEOPT} in ASCII; also begins every option. */
    public static final long OPTION_MAGIC = 0x49484156454f5054L;
    /** What servers from before the options send in its place. */
    public static final long OLDSTYLE_MAGIC = 0x0000420281861253L;

    /** Handshake and client flag: options are answered. */
    public static final int FIXED_NEWSTYLE = 1;
    /** Handshake and client flag: no padding after NBD_OPT_EXPORT_NAME. */
    public static final int NO_ZEROES = 1 << 1;

    private Handshake() {
    }

    /** Writes what a server says first. */
    public static void putGreeting(ByteBuffer to, int flags) {
        to.putLong(INIT_MAGIC).putLong(OPTION_MAGIC).putShort((short) flags);
    }

    /**
     * Reads what a server says first.
     *
     * @return the handshake flags
     * @throws WireException if it is no newstyle NBD server
     */
    public static int getGreeting(ByteBuffer from) throws WireException {
        WireException.checkMagic("nbd greeting", INIT_MAGIC, from.getLong());
        long second = from.getLong();
        if (second == OLDSTYLE_MAGIC) {
            throw new WireException("nbd greeting: oldstyle server: must be newstyle");
        }
        WireException.checkMagic("nbd greeting, second", OPTION_MAGIC, second);
        return from.getShort() & 0xffff;
    }

    /** Writes the answer of a client to the greeting. */
    public static void putClientFlags(ByteBuffer to, int flags) {
        to.putInt(flags);
    }

    /**
     * Reads the answer of a client.
     *
     * @param offered the handshake flags of the server
     * @throws WireException if the client sets a flag that was not offered
     */
    public static int getClientFlags(ByteBuffer from, int offered) throws WireException {
        int flags = from.getInt();
        if ((flags & ~offered) != 0) {
            throw new WireException("nbd client flags 0x" + Integer.toHexString(flags)
                    + ": must be within 0x" + Integer.toHexString(offered));
        }
        return flags;
    }
}

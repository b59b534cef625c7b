// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.nio.ByteBuffer;

/**
 * What a server tells of an export in answer to NBD_OPT_INFO and NBD_OPT_GO: a type of 16 bits and
 * what belongs to it.
 *
 * <pre>
 * 0      2                10          12
 * +------+----------------+-----------+
 * | 0    | size           | flags     |     {@link #EXPORT}, transmission flags: {@link Flags}
 * +------+----------------+-----------+
 * | 1, 2 | text to the end                  {@link #NAME}, {@link #DESCRIPTION}
 * +------+--------+-----------+---------+
 * | 3    | least  | preferred | most    |   {@link #BLOCK_SIZE}, see {@link BlockSizes}
 * +------+--------+-----------+---------+
 * 0      2        6           10        14
 * </pre>
 */
public final class Info {
    public static final int EXPORT = 0;
    public static final int NAME = 1;
    public static final int DESCRIPTION = 2;
    public static final int BLOCK_SIZE = 3;

    private static final int EXPORT_BYTES = 10;
    private static final int BLOCK_SIZE_BYTES = 12;

    private Info() {
    }

    /**
     * The size of an export and what may be asked of it.
     *
     * @param size  in bytes, 0 to 2^63 - 1
     * @param flags see {@link Flags}
     */
    public record Export(long size, int flags) {
        /** Writes size and flags, as NBD_OPT_EXPORT_NAME answers without a type before them. */
        public void put(ByteBuffer to) {
            to.putLong(size).putShort((short) flags);
        }

        /** Reads what {@link #put} wrote. */
        public static Export get(ByteBuffer from) throws WireException {
            long size = from.getLong();
            WireException.checkRange("nbd export size", size, 0, Long.MAX_VALUE);
            int flags = from.getShort() & 0xffff;
            if ((flags & Flags.HAS_FLAGS) == 0) {
                throw new WireException("nbd transmission flags 0x" + Integer.toHexString(flags)
                        + ": bit 0 must be set");
            }
            return new Export(size, flags);
        }
    }

    /** The export item, with its type. */
    public static byte[] encode(Export export) {
        ByteBuffer to = ByteBuffer.allocate(2 + EXPORT_BYTES).putShort((short) EXPORT);
        export.put(to);
        return to.array();
    }

    /** The block size item, with its type. */
    public static byte[] encode(BlockSizes sizes) {
        return ByteBuffer.allocate(2 + BLOCK_SIZE_BYTES).putShort((short) BLOCK_SIZE)
                .putInt(sizes.minimum()).putInt(sizes.preferred()).putInt((int) sizes.maximum())
                .array();
    }

    /** A {@link #NAME} or {@link #DESCRIPTION} item, with its type. */
    public static byte[] encode(int type, String text) {
        byte[] bytes = Strings.encode(text);
        return ByteBuffer.allocate(2 + bytes.length).putShort((short) type).put(bytes).array();
    }

    /** Takes the type that every item begins with. */
    public static int takeType(ByteBuffer from) throws WireException {
        Strings.need("nbd information type", from, Short.BYTES);
        return from.getShort() & 0xffff;
    }

    /** Reads the rest of an export item. */
    public static Export takeExport(ByteBuffer from) throws WireException {
        WireException.checkRange("nbd export information length", from.remaining(),
                EXPORT_BYTES, EXPORT_BYTES);
        return Export.get(from);
    }

    /** Reads the rest of a block size item. */
    public static BlockSizes takeBlockSizes(ByteBuffer from) throws WireException {
        WireException.checkRange("nbd block size information length", from.remaining(),
                BLOCK_SIZE_BYTES, BLOCK_SIZE_BYTES);
        return new BlockSizes(from.getInt(), from.getInt(), Integer.toUnsignedLong(from.getInt()))
                .checked();
    }
}

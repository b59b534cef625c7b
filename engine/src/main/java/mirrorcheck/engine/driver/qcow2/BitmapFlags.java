// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.nio.ByteBuffer;
import mirrorcheck.engine.block.BlockException;

/**
 * The directory of persistent dirty bitmaps.
 *
 * <pre>
 *  0 bitmap_table_offset
 *  8 bitmap_table_size | 12 flags: bit 0 in_use, 1 auto, 2 extra_data_compatible
 * 16 type | 17 granularity_bits | 18 name_size | 20 extra_data_size
 * 24 extra data, name, padding to a multiple of 8
 * </pre>
 */
final class BitmapFlags {
    private static final int ENTRY_BYTES = 24;
    private static final int FLAGS_AT = 12;
    private static final int IN_USE = 1;
    private static final int AUTO = 2;
    /** 64 MiB, as in QEMU: 65535 bitmaps with names of 1023 bytes. */
    private static final long MAX_DIRECTORY_BYTES = 64L << 20;

    private BitmapFlags() {
    }

    /**
     * Sets {@code in_use} of all bitmaps that are {@code auto}; durable when it returns.
     *
     * @return false if the directory is not well-formed; nothing was changed then
     */
    static boolean markInUse(Image image) throws BlockException {
        Extensions.BitmapDirectory directory = image.header().extensions().bitmaps();
        if (directory == null || directory.size() < 0 || directory.size() > MAX_DIRECTORY_BYTES
                || !image.geometry().isAligned(directory.offset())
                || directory.offset() < image.geometry().clusterSize()
                || directory.offset() > image.file().length() - directory.size()) {
            return false;
        }
        byte[] bytes = image.file().read(directory.offset(), (int) directory.size());
        ByteBuffer entries = ByteBuffer.wrap(bytes);
        boolean changed = false;
        int at = 0;
        for (int i = 0; i < directory.count(); i++) {
            if (at + ENTRY_BYTES > bytes.length) {
                return false;
            }
            int flags = entries.getInt(at + FLAGS_AT);
            if ((flags & (AUTO | IN_USE)) == AUTO) {
                changed = true;
                entries.putInt(at + FLAGS_AT, flags | IN_USE);
            }
            long length = ENTRY_BYTES + Integer.toUnsignedLong(entries.getInt(at + 20))
                    + (entries.getShort(at + 18) & 0xffff);
            if (length > bytes.length - at) {
                return false;
            }
            at += (int) (length + 7 & -8);
        }
        if (changed) {
            image.file().write(directory.offset(), bytes);
            image.file().node().flush();
        }
        return true;
    }
}

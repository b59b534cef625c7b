// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;

/**
 * The header extensions, between the header and the backing file name.
 *
 * <pre>
 * 0                   4                   8                       n         m
 * +-------------------+-------------------+-----------------------+---------+
 * | type              | length (n - 8)    | data                  | padding |  m: multiple of 8
 * +-------------------+-------------------+-----------------------+---------+
 * </pre>
 *
 * @param backingFormat backing file format name, or null
 * @param dataFile      external data file name, or null
 * @param features      the feature name table, empty without one
 * @param bitmaps       where the bitmap directory is, or null without bitmaps
 */
record Extensions(String backingFormat, String dataFile, List<Feature.Name> features,
        BitmapDirectory bitmaps) {
    static final int END = 0;
    static final int BACKING_FORMAT = 0xe2792aca;
    static final int FEATURE_NAMES = 0x6803f857;
    static final int BITMAPS = 0x23852875;
    static final int ENCRYPTION = 0x0537be77;
    static final int DATA_FILE = 0x44415441;

    static final int FEATURE_NAME_BYTES = 48;
    private static final int NAME_BYTES = 46;
    private static final int BITMAPS_BYTES = 24;

    /**
     * The bitmaps extension.
     *
     * <pre>
     * 0             4             8                      16                       24
     * +-------------+-------------+----------------------+------------------------+
     * | nb_bitmaps  | reserved    | bitmap_directory_size| bitmap_directory_offset|
     * +-------------+-------------+----------------------+------------------------+
     * </pre>
     */
    record BitmapDirectory(int count, long size, long offset) {
    }

    /**
     * Reads the extensions.
     *
     * @param area the first cluster of the file, as far as the file has it
     * @param from {@code header_length}
     * @param end  where the area ends at the latest: at the backing file name, or with the cluster
     * @throws BlockException EINVAL for an extension that does not fit
     */
    static Extensions parse(ByteBuffer area, int from, int end) throws BlockException {
        String backingFormat = null;
        String dataFile = null;
        List<Feature.Name> features = List.of();
        BitmapDirectory bitmaps = null;
        int at = from;
        while (at + 8 <= end) {
            int type = area.getInt(at);
            long length = Integer.toUnsignedLong(area.getInt(at + 4));
            if (type == END) {
                break;
            }
            if (length > end - at - 8) {
                throw BlockException.refused("qcow2 header: extension " + hex(type) + " at " + at
                        + ": length " + length + ": must be at most " + (end - at - 8));
            }
            ByteBuffer data = area.slice(at + 8, (int) length);
            switch (type) {
                case BACKING_FORMAT -> backingFormat = string(data);
                case DATA_FILE -> dataFile = string(data);
                case FEATURE_NAMES -> features = names(data);
                case BITMAPS -> bitmaps = bitmaps(data);
                default -> {
                    // Unknown ones can be ignored; they stay where they are.
                }
            }
            at += 8 + ((int) length + 7 & -8);
        }
        return new Extensions(backingFormat, dataFile, features, bitmaps);
    }

    private static String string(ByteBuffer data) {
        return StandardCharsets.UTF_8.decode(data).toString();
    }

    private static List<Feature.Name> names(ByteBuffer data) {
        List<Feature.Name> names = new ArrayList<>();
        for (int at = 0; at + FEATURE_NAME_BYTES <= data.capacity(); at += FEATURE_NAME_BYTES) {
            byte[] name = new byte[NAME_BYTES];
            data.get(at + 2, name);
            int length = 0;
            while (length < NAME_BYTES && name[length] != 0) {
                length++;
            }
            names.add(new Feature.Name(data.get(at) & 0xff, data.get(at + 1) & 0xff,
                    new String(name, 0, length, StandardCharsets.UTF_8)));
        }
        return names;
    }

    private static BitmapDirectory bitmaps(ByteBuffer data) throws BlockException {
        if (data.capacity() != BITMAPS_BYTES) {
            throw BlockException.refused("qcow2 header: bitmaps extension: length "
                    + data.capacity() + ": must be " + BITMAPS_BYTES);
        }
        return new BitmapDirectory(data.getInt(0), data.getLong(8), data.getLong(16));
    }

    static String hex(int type) {
        return String.format("0x%08x", type);
    }
}

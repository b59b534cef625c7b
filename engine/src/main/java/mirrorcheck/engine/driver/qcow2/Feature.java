// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

/**
 * The bits of {@code incompatible_features}, {@code compatible_features} and
 * {@code autoclear_features} of a version 3 header.
 *
 * <pre>
 * incompatible   bit 0 dirty   1 corrupt   2 external data file   3 compression type   4 extended L2
 * compatible     bit 0 lazy refcounts
 * autoclear      bit 0 bitmaps   1 raw external data
 * </pre>
 */
final class Feature {
    static final long DIRTY = 1;
    static final long CORRUPT = 1 << 1;
    static final long DATA_FILE = 1 << 2;
    static final long COMPRESSION_TYPE = 1 << 3;
    static final long EXTENDED_L2 = 1 << 4;
    static final long INCOMPATIBLE_KNOWN =
            DIRTY | CORRUPT | DATA_FILE | COMPRESSION_TYPE | EXTENDED_L2;

    static final long LAZY_REFCOUNTS = 1;

    static final long BITMAPS = 1;
    static final long DATA_FILE_RAW = 1 << 1;

    /** The table that is written into new images: type, bit, name. */
    static final Name[] NAMES = {
        new Name(0, 0, "dirty bit"),
        new Name(0, 1, "corrupt bit"),
        new Name(0, 2, "external data file"),
        new Name(0, 3, "compression type"),
        new Name(0, 4, "extended L2 entries"),
        new Name(1, 0, "lazy refcounts"),
        new Name(2, 0, "bitmaps"),
        new Name(2, 1, "raw external data"),
    };

    /**
     * An entry of the feature name table.
     *
     * @param type 0 incompatible, 1 compatible, 2 autoclear
     * @param bit  0 to 63
     */
    record Name(int type, int bit, String name) {
    }

    private Feature() {
    }
}

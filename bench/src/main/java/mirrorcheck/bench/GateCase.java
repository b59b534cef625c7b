// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.Locale;

/** A mirror that the gate watches: each at a size that takes a tenth of a second or so. */
enum GateCase {
    DENSE(SourceShape.DENSE, 256L << 20, FormatPair.RAW),
    HOLEY(SourceShape.HOLEY, 8L << 30, FormatPair.RAW),
    SPARSE(SourceShape.SPARSE, 1L << 40, FormatPair.RAW),
    QCOW2_SOURCE(SourceShape.DENSE, 256L << 20, FormatPair.QCOW2_SOURCE),
    QCOW2_TARGET(SourceShape.DENSE, 256L << 20, FormatPair.QCOW2_TARGET),
    QCOW2_HOLEY(SourceShape.HOLEY, 8L << 30, FormatPair.QCOW2_BOTH);

    private final SourceShape shape;
    private final long size;
    private final FormatPair formats;

    GateCase(SourceShape shape, long size, FormatPair formats) {
        this.shape = shape;
        this.size = size;
        this.formats = formats;
    }

    /** How reports call it. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    SourceShape shape() {
        return shape;
    }

    /** The size of both images in bytes. */
    long size() {
        return size;
    }

    FormatPair formats() {
        return formats;
    }
}

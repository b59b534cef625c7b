// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

/**
 * A mirror that the gate watches. Each is of a size that takes a tenth of a second or so, or made
 * several times, so that what is measured is not the clock.
 */
enum GateCase {
    DENSE(SourceShape.DENSE, 256L << 20, FormatPair.RAW, 1),
    HOLEY(SourceShape.HOLEY, 8L << 30, FormatPair.RAW, 1),
    SPARSE(SourceShape.SPARSE, 1L << 40, FormatPair.RAW, 32),
    QCOW2_SOURCE(SourceShape.DENSE, 256L << 20, FormatPair.QCOW2_SOURCE, 1),
    QCOW2_TARGET(SourceShape.DENSE, 256L << 20, FormatPair.QCOW2_TARGET, 1),
    QCOW2_HOLEY(SourceShape.HOLEY, 8L << 30, FormatPair.QCOW2_BOTH, 1);

    private final SourceShape shape;
    private final long size;
    private final FormatPair formats;
    private final int times;

    GateCase(SourceShape shape, long size, FormatPair formats, int times) {
        this.shape = shape;
        this.size = size;
        this.formats = formats;
        this.times = times;
    }

    /** How reports call it. */
    String word() {
        return Words.of(this);
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

    /** How many mirrors, one after another, are measured as one. */
    int times() {
        return times;
    }
}

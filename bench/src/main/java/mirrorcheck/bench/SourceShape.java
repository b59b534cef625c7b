// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;

/** Where a source image holds data: the rest of it are holes. */
enum SourceShape {
    /** Data everywhere: what copying costs. */
    DENSE(256L << 20, Long.MAX_VALUE, Long.MAX_VALUE),
    /** 64 KiB of data at the start of every 4 MiB: what the way from extent to extent costs. */
    HOLEY(4L << 30, 4L << 20, 64L << 10),
    /** One hole: what zeroes cost. */
    SPARSE(16L << 30, Long.MAX_VALUE, 0);

    /** Every size is a multiple of this, so that no image ends in a partial chunk; in bytes. */
    static final long SIZE_UNIT = 1L << 20;

    private final long defaultSize;
    private final long stride;
    private final long dataPerStride;

    SourceShape(long defaultSize, long stride, long dataPerStride) {
        this.defaultSize = defaultSize;
        this.stride = stride;
        this.dataPerStride = dataPerStride;
    }

    /**
     * The shape called so.
     *
     * @throws IllegalArgumentException if none is
     */
    static SourceShape of(String word) {
        return Arrays.stream(values()).filter(shape -> shape.word().equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "source=" + word + ": no such shape: expected dense, holey or sparse"));
    }

    /** How users call it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The size of an image for which the user named none, in bytes. */
    long defaultSize() {
        return defaultSize;
    }

    /** The data of an image of {@code size} bytes, in order, whole chunks of 64 KiB. */
    List<Extent> data(long size) {
        List<Extent> data = new ArrayList<>();
        for (long offset = 0; offset < size && dataPerStride > 0;) {
            data.add(new Extent(offset, Math.min(dataPerStride, size - offset),
                    BlockStatus.DATA));
            offset = stride > size - offset ? size : offset + stride;
        }
        return data;
    }

    /** How much data that is, in bytes. */
    long dataBytes(long size) {
        return data(size).stream().mapToLong(Extent::bytes).sum();
    }
}

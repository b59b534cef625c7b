// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.Arrays;
import java.util.Locale;
import mirrorcheck.iotests.image.ImageModel;

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

    private static final int PATTERN = 0x5a;

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

    /**
     * What an image of {@code size} bytes holds. Data is whole chunks of 64 KiB.
     *
     * @throws IllegalArgumentException if the size is not a multiple of {@link #SIZE_UNIT} above 0
     */
    ImageModel model(long size) {
        if (size <= 0 || size % SIZE_UNIT != 0) {
            throw new IllegalArgumentException("source: size " + size + ": must be a multiple of "
                    + SIZE_UNIT + " above 0");
        }
        ImageModel model = new ImageModel(size);
        for (long offset = 0; offset < size && dataPerStride > 0;) {
            model.write(offset, Math.min(dataPerStride, size - offset), PATTERN);
            offset = stride > size - offset ? size : offset + stride;
        }
        return model;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.List;
import mirrorcheck.iotests.image.ImageModel;

/** Where a source image holds data: the rest of it are holes. */
enum SourceShape {
    /** Data everywhere: what copying costs. */
    DENSE(256L << 20, Long.MAX_VALUE, Long.MAX_VALUE),
    /** 64 KiB of data at the start of every 4 MiB: what the way from extent to extent costs. */
    HOLEY(4L << 30, 4L << 20, 64L << 10),
    /** One hole: what zeroes cost. */
    SPARSE(16L << 30, Long.MAX_VALUE, 0),
    /**
     * 4 KiB of data at the start of every 128 KiB: a chunk that is copied for a sixteenth of it,
     * then a chunk of zeroes.
     */
    SMALL_EXTENTS(64L << 20, 128L << 10, 4L << 10),
    /** Zero bytes, written out everywhere: what only {@code detect-zeroes} can tell from data. */
    ALLOCATED_ZEROES(64L << 20, Long.MAX_VALUE, Long.MAX_VALUE) {
        @Override
        void put(ImageModel model, long offset, long bytes) {
            model.zeroes(offset, bytes);
        }
    };

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
        return Words.parse("source", "shape", word, List.of(values()));
    }

    /** The size of an image for which the user named none, in bytes. */
    long defaultSize() {
        return defaultSize;
    }

    /**
     * What an image of {@code size} bytes holds. Data begins with a chunk of 64 KiB, and is whole
     * chunks or less than one.
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
            put(model, offset, Math.min(dataPerStride, size - offset));
            offset = stride > size - offset ? size : offset + stride;
        }
        return model;
    }

    /** What is put where the shape has no hole. */
    void put(ImageModel model, long offset, long bytes) {
        model.write(offset, bytes, PATTERN);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.Arrays;
import java.util.List;

/** What all peers copy, in turns, to a new sparse target. */
enum PeerCase {
    /** 4 GiB of data. */
    DENSE(SourceShape.DENSE, 4L << 30, FormatPair.RAW, false),
    /** 64 KiB of data in every 4 MiB of 64 GiB. */
    HOLEY(SourceShape.HOLEY, 64L << 30, FormatPair.RAW, false),
    /** A hole of 1 TiB. */
    SPARSE(SourceShape.SPARSE, 1L << 40, FormatPair.RAW, false),
    /** 4 KiB of data in every 128 KiB of 1 GiB. */
    SMALL_EXTENTS(SourceShape.SMALL_EXTENTS, 1L << 30, FormatPair.RAW, false),
    /** 1 GiB of zero bytes that were written out. */
    ALLOCATED_ZEROES(SourceShape.ALLOCATED_ZEROES, 1L << 30, FormatPair.RAW, false),
    /** 4 GiB of data past the page cache at both ends. */
    DIRECT(SourceShape.DENSE, 4L << 30, FormatPair.RAW, true),
    /** 4 GiB of data in a qcow2 image. */
    QCOW2_SOURCE(SourceShape.DENSE, 4L << 30, FormatPair.QCOW2_SOURCE, false),
    /** 4 GiB of data into a qcow2 image. */
    QCOW2_TARGET(SourceShape.DENSE, 4L << 30, FormatPair.QCOW2_TARGET, false);

    private final SourceShape shape;
    private final long size;
    private final FormatPair formats;
    private final boolean direct;

    PeerCase(SourceShape shape, long size, FormatPair formats, boolean direct) {
        this.shape = shape;
        this.size = size;
        this.formats = formats;
        this.direct = direct;
    }

    /**
     * The case called so.
     *
     * @throws IllegalArgumentException if none is
     */
    static PeerCase of(String word) {
        return Arrays.stream(values()).filter(known -> known.word().equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("case " + word
                        + ": no such case: expected one of " + String.join(", ", words())));
    }

    /** How users call all of them. */
    static List<String> words() {
        return Arrays.stream(values()).map(PeerCase::word).toList();
    }

    /** How users call it. */
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

    /** Whether both ends are opened with {@code cache.direct}. */
    boolean direct() {
        return direct;
    }
}

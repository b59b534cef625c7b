// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.Arrays;

/** The formats of the two ends of a mirror. */
enum FormatPair {
    RAW("raw", ImageFormat.RAW, ImageFormat.RAW),
    QCOW2_SOURCE("qcow2-source", ImageFormat.QCOW2, ImageFormat.RAW),
    QCOW2_TARGET("qcow2-target", ImageFormat.RAW, ImageFormat.QCOW2),
    QCOW2_BOTH("qcow2-both", ImageFormat.QCOW2, ImageFormat.QCOW2);

    private final String word;
    private final ImageFormat source;
    private final ImageFormat target;

    FormatPair(String word, ImageFormat source, ImageFormat target) {
        this.word = word;
        this.source = source;
        this.target = target;
    }

    /**
     * The formats called so.
     *
     * @throws IllegalArgumentException if none are
     */
    static FormatPair of(String word) {
        return Arrays.stream(values()).filter(pair -> pair.word.equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("format=" + word + ": no such "
                        + "format: expected raw, qcow2-source, qcow2-target or qcow2-both"));
    }

    ImageFormat source() {
        return source;
    }

    ImageFormat target() {
        return target;
    }
}

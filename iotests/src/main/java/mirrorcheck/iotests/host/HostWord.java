// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a test may need of the host; the word is what {@code about needs:} says. */
public enum HostWord {
    /** A file may have holes, and allocated bytes tell the truth about them. */
    SPARSE_FILES("host:sparse-files"),
    /** FALLOC_FL_PUNCH_HOLE frees what it covers and leaves zeroes. */
    PUNCH_HOLE("host:punch-hole"),
    /** FALLOC_FL_ZERO_RANGE leaves zeroes and keeps the allocation. */
    ZERO_RANGE("host:zero-range"),
    /** fallocate allocates without writing. */
    FALLOC("host:falloc"),
    /** SEEK_HOLE and SEEK_DATA find the holes. */
    SEEK_HOLE("host:seek-hole"),
    /** Files can be opened with O_DIRECT. */
    O_DIRECT("host:o-direct"),
    /** There is a {@code qemu-img}, to make and to check images that are not the suite's own. */
    QEMU_IMG("host:qemu-img");

    private final String word;

    HostWord(String word) {
        this.word = word;
    }

    /** The word in scripts. */
    public String word() {
        return word;
    }

    /** The constant with this word, or empty. */
    public static Optional<HostWord> of(String word) {
        return Arrays.stream(values()).filter(value -> value.word.equals(word)).findFirst();
    }

    /** Every word. */
    public static List<String> words() {
        return Arrays.stream(values()).map(HostWord::word).toList();
    }
}

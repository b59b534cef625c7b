// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.Arrays;
import java.util.Locale;
import mirrorcheck.iotests.judge.HarnessError;

/** What a random history is mostly made of. */
public enum Kind {
    /** Data of every shape, flushes and reads. */
    WRITES,
    /** Data, zeroes with and without unmapping, zero bytes and discards. */
    ZEROES,
    /** The same, while the job is paused, resumed, sped, changed and cancelled. */
    VERBS,
    /** The same, with requests of either end held or failed. */
    FAULTS;

    /** The word in scripts: {@code writes}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The kind with this word.
     *
     * @throws HarnessError if there is none; names those there are
     */
    public static Kind of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst()
                .orElseThrow(() -> new HarnessError("randomHistories '" + word
                        + "': no such kind; there are: "
                        + String.join(", ", Arrays.stream(values()).map(Kind::word).toList())));
    }
}

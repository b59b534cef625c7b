// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.util.Arrays;
import java.util.Optional;

/** What a test may need of an implementation; the word is what {@code about needs:} says. */
public enum Capability {
    /** Copies a source to a target, once. */
    COPY("copy"),
    /** Leaves holes where the source has them and the target is a hole: ZERO-1 can be asked of it. */
    SPARSE("sparse"),
    /** A job with states, verbs and progress. */
    JOB("job"),
    /** Guest requests while the mirror runs. */
    GUEST("guest"),
    /** sync=top and sync=none. */
    SYNC("sync"),
    /** copy-mode=write-blocking. */
    WRITE_BLOCKING("write-blocking"),
    /** The change of the copy-mode while the job runs. */
    CHANGE("change"),
    /** discard and detect-zeroes on nodes. */
    ZERO_OPTIONS("zero-options"),
    /** target-is-zero. */
    TARGET_IS_ZERO("target-is-zero"),
    /** The requests that reach source and target can be read. */
    REQUESTS("requests"),
    /** A chosen request at source or target can be held and released, or made to fail. */
    GATES("gates"),
    /**
     * The texts, events and counters a QMP client of QEMU relies on: rules of level COMPAT bind.
     */
    COMPAT("compat"),
    /** Finishes other requests of its own while one of them is held up. */
    CONCURRENT("concurrent"),
    /** A running job goes on with what a guest dirties while one of its own requests is held up. */
    OVERLAP("overlap"),
    /** Images in format qcow2, with backing files. */
    QCOW2("qcow2"),
    /** Image creation with preallocation off, falloc, full. */
    CREATE("create");

    private final String word;

    Capability(String word) {
        this.word = word;
    }

    /** The word in {@code about needs:} and in {@code adapter.json}. */
    public String word() {
        return word;
    }

    /** The capability with this word, or empty. */
    public static Optional<Capability> of(String word) {
        return Arrays.stream(values()).filter(c -> c.word.equals(word)).findFirst();
    }
}

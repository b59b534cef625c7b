// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The groups a script may belong to; the word is what {@code about groups:} and {@code check -g}
 * say.
 */
public enum Group {
    /** Reads and writes images through block nodes; what a new node driver runs first. */
    RW("rw"),
    /** Runs unattended on any host. */
    AUTO("auto"),
    /** Under a second; part of {@code mvn verify}. */
    QUICK("quick"),
    /** Many cases that together make a full product. */
    MATRIX("matrix"),
    /** States, verbs, events, errors and arguments of the job. */
    JOB("job"),
    /** Guest requests while the mirror runs. */
    GUEST("guest"),
    /** Backing chains. */
    CHAIN("chain"),
    /** Errors, full disks, killed processes. */
    FAULT("fault"),
    /** Shows what only the reference engine can show. */
    ENGINE("engine"),
    /** Checks images with a tool that is not ours. */
    CROSS("cross"),
    /** Random histories from a seed. */
    RANDOM("random");

    private final String word;

    Group(String word) {
        this.word = word;
    }

    /** The word in scripts and on the command line. */
    public String word() {
        return word;
    }

    /** The group with this word, or empty. */
    public static Optional<Group> of(String word) {
        return Arrays.stream(values()).filter(group -> group.word.equals(word)).findFirst();
    }

    /** Every word. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Group::word).toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Path;

/** A program that copies images, to be timed beside others. For one thread. */
interface Peer {
    /** What the table calls it. */
    String name();

    /** Whether it can do the case at all. */
    boolean takes(PeerCase what);

    /** Whether it wants the target to exist. */
    default boolean wantsTarget() {
        return true;
    }

    /**
     * Copies.
     *
     * @param directory an empty directory of its own, with a short path
     * @return how long the copy took, in nanoseconds, without what had to be started for it
     * @throws IOException if it failed, with its words
     */
    long copy(PeerCase what, Path source, Path target, Path directory)
            throws IOException, InterruptedException;
}

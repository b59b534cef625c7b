// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * What an implementation must let the suite do, in the words of the field. One object for a run;
 * sessions are opened from several threads at once.
 */
public interface Adapter {
    /** Name for reports: {@code engine}, {@code qemu-11.1}. */
    String name();

    /** What it can do; a test that needs more is skipped. */
    Set<Capability> capabilities();

    /**
     * Starts an implementation of its own for one script.
     *
     * @param scratch  the script's private directory
     * @param progress called whenever the implementation shows a sign of life
     * @throws IOException if it does not start; the message says why and nothing is left running
     */
    Session open(Path scratch, Runnable progress) throws IOException;
}

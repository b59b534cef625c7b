// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter;

import java.io.IOException;
import java.util.Map;
import mirrorcheck.iotests.ends.Gate;
import mirrorcheck.iotests.ends.RequestLog;

/**
 * One running implementation: nodes, mirrors and the guest's door, for one script. Called from the
 * script's thread and threads the script starts. Options are spelt as in QMP and hold strings,
 * longs and booleans.
 */
public interface Session extends AutoCloseable {
    /**
     * Creates an image as {@code blockdev-create} does.
     *
     * @param options {@code format}, {@code filename}, {@code size} (bytes), {@code preallocation}
     *         (off, falloc, full; metadata too for qcow2), and for qcow2 {@code cluster-size}
     * @throws IOException with the implementation's own text if it refuses
     */
    void createImage(Map<String, Object> options) throws IOException;

    /**
     * Opens a block node over an image file.
     *
     * @param options {@code node-name}, {@code format}, {@code filename}, {@code discard}, {@code
     *                detect-zeroes}, {@code read-only}, {@code cache.no-flush}, {@code
     *                cache.direct}, {@code block-status} (false: the device below does not know
     *                it), {@code own-server} (true: an NBD server of its own lies below, that can
     *                be killed); for qcow2 {@code backing}, the name of an open node or absent
     *                for none; {@code own-file} where the file may grow and its requests are not
     *                looked at: it is then no end of the suite
     * @throws IOException with the implementation's own text if it refuses
     */
    void openNode(Map<String, Object> options) throws IOException;

    /** Kills the server below a node that was opened with {@code own-server}. */
    default void killServer(String nodeName) throws IOException {
        throw new IOException("node '" + nodeName + "': no server of its own");
    }

    /** Closes a node that nothing uses any more. */
    void closeNode(String nodeName) throws IOException;

    /**
     * Starts a mirror, as {@code blockdev-mirror}: returns once the job exists.
     *
     * @param options {@code job-id}, {@code device}, {@code target}, {@code sync} and the other
     *         arguments of the command
     * @throws IOException with the implementation's own text if it refuses
     */
    MirrorHandle startMirror(Map<String, Object> options) throws IOException;

    /**
     * The guest's door to a node; it follows the node's users when a mirror is put above or pivots.
     */
    GuestDoor guest(String nodeName) throws IOException;

    /**
     * Returns if the implementation is still there.
     *
     * @throws ImplementationEnded if it is not
     */
    default void mustLive() throws IOException {
        // What runs in the suite's own process lives as long as the suite.
    }

    /** The requests that reached the file below this node since it was opened. */
    RequestLog requests(String nodeName);

    /** The gate in front of the file below this node: holds and failures. */
    Gate gate(String nodeName);

    /**
     * Ends everything: jobs are cancelled, held requests released, nodes closed, processes killed.
     */
    @Override
    void close();
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

/** Where the client of a monitor comes from: option {@code --chardev}. */
interface Chardev extends AutoCloseable {
    /** Serves clients, on threads of its own, until {@link #close}. Called once. */
    void serve(Daemon daemon, boolean pretty);

    /** Ends at once: no client, no socket file. */
    @Override
    void close();
}

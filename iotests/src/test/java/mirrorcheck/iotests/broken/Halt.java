// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.io.IOException;

/** Stops whoever wants to pass, until it is opened or everything ends. */
final class Halt {
    private boolean stopped;
    private boolean over;

    /** Stops those that come from now on, or lets all go. */
    synchronized void set(boolean stop) {
        stopped = stop;
        notifyAll();
    }

    /** Lets all go for ever. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    /** Blocks while it stops. */
    synchronized void pass() throws IOException {
        try {
            while (stopped && !over) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that cannot be closed under a running call, and so never be mistaken for the
 * next file that gets its number. To enter costs one atomic step and never waits; to close waits
 * for the calls that are running.
 */
final class Descriptor {
    /** Set in {@link #state} once closed; the rest of it counts the calls that are running. */
    private static final int CLOSED = 1 << 30;

    private final int fd;
    private final String path;
    private final AtomicInteger state = new AtomicInteger();

    Descriptor(int fd, String path) {
        this.fd = fd;
        this.path = path;
    }

    /**
     * Begins a call; each is followed by {@link #exit}.
     *
     * @return the descriptor's number, good until then
     * @throws HostException EBADF if the file is closed
     */
    int enter() throws HostException {
        if ((state.incrementAndGet() & CLOSED) != 0) {
            exit();
            throw new HostException(Errno.EBADF, "file '" + path + "'", "used after it was closed");
        }
        return fd;
    }

    void exit() {
        if (state.decrementAndGet() == CLOSED) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /**
     * Closes the descriptor once no call is running. A second call does nothing.
     *
     * @return 0, or minus the errno; it is closed in any case
     */
    int close() {
        int before = state.getAndUpdate(now -> now | CLOSED);
        if ((before & CLOSED) != 0) {
            return 0;
        }
        awaitIdle();
        return Calls.close(fd);
    }

    private synchronized void awaitIdle() {
        boolean interrupted = false;
        while (state.get() != CLOSED) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

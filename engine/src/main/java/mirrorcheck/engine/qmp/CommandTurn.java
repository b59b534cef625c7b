// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.concurrent.locks.ReentrantLock;

/** Lets one command run at a time, and none any more when the daemon ends. Safe for any thread. */
final class CommandTurn {
    private final ReentrantLock turn = new ReentrantLock();
    private Thread running;
    private boolean over;

    /** Runs a command when those before it have ended; not at all after {@link #end}. */
    void run(Runnable command) {
        turn.lock();
        try {
            if (begin()) {
                try {
                    command.run();
                } finally {
                    done();
                }
            }
        } finally {
            turn.unlock();
        }
    }

    private synchronized boolean begin() {
        running = over ? null : Thread.currentThread();
        return !over;
    }

    private synchronized void done() {
        running = null;
        // An interrupt was for the command, which is over.
        Thread.interrupted();
    }

    /** Interrupts the command that runs, and lets no more of them run. */
    synchronized void end() {
        over = true;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Runs the last steps when the command that runs has ended. */
    void runLast(Runnable steps) {
        turn.lock();
        try {
            steps.run();
        } finally {
            turn.unlock();
        }
    }
}

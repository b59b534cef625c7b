// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import mirrorcheck.iotests.ends.Gate;
import mirrorcheck.iotests.judge.HarnessError;

/** An order given to the gate of an image: requests to be held, or to be failed. */
public final class Held {
    private final String subject;
    private final Gate.Trap trap;

    Held(String subject, Gate.Trap trap) {
        this.subject = subject;
        this.trap = trap;
    }

    /** Blocks until {@code count} requests have come to the gate. */
    public Held awaitCaught(int count) {
        try {
            trap.awaitCaught(count);
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HarnessError(subject + ": interrupted while waiting for a request", e);
        }
    }

    /** Blocks until a request has come to the gate. */
    public Held awaitCaught() {
        return awaitCaught(1);
    }

    /** How many requests it has caught. */
    public int getCaught() {
        return trap.caught();
    }

    /** Lets held requests go on, and catches no more. */
    public void release() {
        trap.release();
    }
}

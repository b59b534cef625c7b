// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import java.util.TreeSet;

/**
 * The reads in progress. Nobody waits for them: a zero write or a discard may give up the cluster
 * that one of them is about to read, since requests that overlap may take effect in either order.
 * But the cluster must not get another content before, so it is not used again until every read is
 * over that began before it was given up. Guarded by the metadata lock.
 */
final class Reads {
    private final TreeSet<Long> running = new TreeSet<>();
    private long last;

    /** A read begins; the ticket is for {@link #end}. */
    long begin() {
        running.add(++last);
        return last;
    }

    /** It is over. */
    void end(long ticket) {
        running.remove(ticket);
    }

    /** The ticket of the latest read, in progress or not. */
    long last() {
        return last;
    }

    /** Whether a read with this ticket, or an earlier one, is still in progress. */
    boolean runsUpTo(long ticket) {
        return !running.isEmpty() && running.first() <= ticket;
    }
}

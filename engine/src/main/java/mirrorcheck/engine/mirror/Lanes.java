// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The threads that carry out the requests of a job: as many at once as both ends gain from. What is
 * issued beyond that waits, and the next thread that is done with one takes it up by itself, since
 * to wake another would take as long as a small copy does.
 *
 * <p>Not thread-safe: the job's lock guards it.
 */
final class Lanes {
    /** One request. */
    @FunctionalInterface
    interface Request {
        /** Carries it out; without the lock. What {@link #next} gave when it had settled. */
        Request carryOut();
    }

    private final Executor executor;
    private final int most;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private int running;

    /**
     * @param executor has a thread of its own for each lane
     * @param most     how many lanes; greater than 0
     */
    Lanes(Executor executor, int most) {
        this.executor = executor;
        this.most = most;
    }

    /**
     * Begins a request on a lane of its own, or has it wait for one.
     *
     * @throws RejectedExecutionException or OutOfMemoryError if there is no thread for it and no
     *         lane to wait for; nothing has happened
     */
    void begin(Request request) {
        if (running == most) {
            waiting.add(request);
            return;
        }
        try {
            executor.execute(() -> run(request));
            running++;
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            if (running == 0) {
                throw e;
            }
            waiting.add(request);
        }
    }

    private static void run(Request first) {
        Request request = first;
        while (request != null) {
            request = request.carryOut();
        }
    }

    /** A request has settled: what its lane does next, or null if that is the end of the lane. */
    Request next() {
        Request next = waiting.poll();
        if (next == null) {
            running--;
        }
        return next;
    }

    /** Whether more requests would keep lanes busy. */
    boolean isShort() {
        return waiting.size() < most;
    }
}

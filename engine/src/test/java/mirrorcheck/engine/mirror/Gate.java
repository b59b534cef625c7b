// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;

/**
 * Watches the requests of one node, and holds or fails the ones a test chooses. A race becomes a
 * recipe: hold a request,
 * let the others pass, release it.
 *
 * <p>Rules are asked in the order of their making; a request is held before it is failed. Safe for
 * use from any thread.
 */
final class Gate {
    /** What a request asks for; UNMAP is a zero write that may deallocate. */
    enum Kind {
        READ, WRITE, ZERO, UNMAP, DISCARD, FLUSH, STATUS
    }

    /** One request as it reached the node. */
    record Request(Kind kind, long offset, long bytes) {
        boolean is(Kind wanted) {
            return kind == wanted;
        }

        boolean at(Kind wanted, long wantedOffset) {
            return kind == wanted && offset == wantedOffset;
        }

        @Override
        public String toString() {
            return kind == Kind.FLUSH ? "flush" : kind.name().toLowerCase(Locale.ROOT) + " "
                    + offset + "+" + bytes;
        }
    }

    private final List<Request> seen = new ArrayList<>();
    private final List<Hold> holds = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private int running;
    private int mostRunning;
    private long runningBytes;
    private long mostRunningBytes;

    private static final class Failure {
        private final Predicate<Request> which;
        private final Errno errno;
        private int left;

        private Failure(Predicate<Request> which, Errno errno, int times) {
            this.which = which;
            this.errno = errno;
            this.left = times;
        }
    }

    /** Requests that wait at the gate until they are let through. */
    final class Hold {
        private final Predicate<Request> which;
        private final List<Request> held = new ArrayList<>();

        private Hold(Predicate<Request> which) {
            this.which = which;
        }

        /** Blocks until {@code count} requests wait here. */
        void await(int count) throws InterruptedException {
            synchronized (Gate.this) {
                while (held.size() < count) {
                    Gate.this.wait();
                }
            }
        }

        /** Those that wait now, in the order of their arrival. */
        List<Request> held() {
            synchronized (Gate.this) {
                return List.copyOf(held);
            }
        }

        /** Lets one of them through. */
        void release(int index) {
            synchronized (Gate.this) {
                held.remove(index);
                Gate.this.notifyAll();
            }
        }

        /** Lets all through and holds nothing more. */
        void open() {
            synchronized (Gate.this) {
                holds.remove(this);
                held.clear();
                Gate.this.notifyAll();
            }
        }
    }

    /** Holds every request from now on that {@code which} picks. */
    synchronized Hold hold(Predicate<Request> which) {
        Hold hold = new Hold(which);
        holds.add(hold);
        return hold;
    }

    Hold hold(Kind kind) {
        return hold(request -> request.is(kind));
    }

    /** Fails the next {@code times} requests that {@code which} picks. */
    synchronized void fail(Predicate<Request> which, Errno errno, int times) {
        failures.add(new Failure(which, errno, times));
    }

    /** Fails nothing more and holds nothing more. */
    synchronized void clear() {
        failures.clear();
        List.copyOf(holds).forEach(Hold::open);
    }

    /**
     * Throws a RuntimeException, as a driver with a bug would, at the next request that {@code
     * which} picks.
     */
    void breakDown(Predicate<Request> which) {
        fail(which, null, 1);
    }

    /**
     * Called by the node before it hands a request on; {@link #leave} follows unless this throws.
     */
    synchronized void enter(Kind kind, long offset, long bytes) throws BlockException {
        Request request = new Request(kind, offset, bytes);
        seen.add(request);
        running++;
        runningBytes += kind == Kind.WRITE ? bytes : 0;
        mostRunning = Math.max(mostRunning, running);
        mostRunningBytes = Math.max(mostRunningBytes, runningBytes);
        for (Hold hold : List.copyOf(holds)) {
            if (hold.which.test(request)) {
                awaitRelease(hold, request);
            }
        }
        for (Failure failure : failures) {
            if (failure.left > 0 && failure.which.test(request)) {
                failure.left--;
                leave(kind, bytes);
                if (failure.errno == null) {
                    throw new IllegalStateException("gate: " + request);
                }
                throw new BlockException(failure.errno, "gate: " + request);
            }
        }
    }

    private void awaitRelease(Hold hold, Request request) {
        hold.held.add(request);
        notifyAll();
        boolean interrupted = false;
        while (hold.held.stream().anyMatch(other -> other == request)) {
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

    synchronized void leave(Kind kind, long bytes) {
        running--;
        runningBytes -= kind == Kind.WRITE ? bytes : 0;
    }

    /** What has come so far, in order. */
    synchronized List<Request> seen() {
        return List.copyOf(seen);
    }

    /** What has come so far that changes data or makes it durable, as text, in order. */
    List<String> changes() {
        return seen().stream().filter(request -> !request.is(Kind.READ) && !request.is(Kind.STATUS))
                .map(Request::toString).toList();
    }

    synchronized void forget() {
        seen.clear();
    }

    /** The most requests that were here at once. */
    synchronized int mostRunning() {
        return mostRunning;
    }

    /** The most bytes of data writes that were here at once. */
    synchronized long mostRunningBytes() {
        return mostRunningBytes;
    }
}

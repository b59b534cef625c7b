// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.host.Errno;

/**
 * Stands before one end of the copy and holds or fails chosen requests, so that a race becomes a
 * recipe.
 *
 * <p>Safe for use from any thread. A request passes through {@link #enter} on its own thread and
 * blocks there while held.
 */
public final class Gate {
    private final List<Trap> traps = new ArrayList<>();

    /** One order given to the gate: which requests, and what becomes of them. */
    public final class Trap {
        private final Request.Kind kind;
        private final long offset;
        private final long end;
        private final Errno errno;
        private int passing;
        private int remaining;
        private int caught;
        private boolean released;

        private Trap(Request.Kind kind, long offset, long bytes, Errno errno, int after,
                int times) {
            this.kind = kind;
            this.offset = offset;
            this.end = bytes > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + bytes;
            this.errno = errno;
            this.passing = after;
            this.remaining = times;
        }

        /** Blocks until a request is held here or was failed, at least {@code count} in all. */
        public void awaitCaught(int count) throws InterruptedException {
            synchronized (Gate.this) {
                while (caught < count) {
                    Gate.this.wait();
                }
            }
        }

        /** How many requests this trap has held or failed. */
        public int caught() {
            synchronized (Gate.this) {
                return caught;
            }
        }

        /** Lets held requests go on and catches no more. */
        public void release() {
            synchronized (Gate.this) {
                released = true;
                traps.remove(this);
                Gate.this.notifyAll();
            }
        }

        private boolean refuses() {
            return errno == Errno.EOPNOTSUPP && kind.isZero();
        }

        /** Whether it is to be caught; counts what it lets pass first. */
        private boolean catches(Request request) {
            if (!matches(request)) {
                return false;
            }
            if (passing > 0) {
                passing--;
                return false;
            }
            return true;
        }

        private boolean matches(Request request) {
            boolean overlaps = request.kind() == Request.Kind.FLUSH
                    || request.offset() < end && request.offset() + request.bytes() > offset;
            return remaining > 0 && request.kind() == kind && overlaps;
        }
    }

    /**
     * Holds {@code times} requests of this kind that touch the range, once {@code after} of them
     * have passed, until released.
     */
    public synchronized Trap hold(Request.Kind kind, long offset, long bytes, int after,
            int times) {
        return set(new Trap(kind, offset, bytes, null, after, times));
    }

    /**
     * Fails {@code times} requests of this kind that touch the range, once {@code after} of them
     * have passed; they do not reach the file.
     */
    public synchronized Trap fail(Request.Kind kind, long offset, long bytes, Errno errno,
            int after, int times) {
        return set(new Trap(kind, offset, bytes, errno, after, times));
    }

    /** Lets everything go and forgets every order. */
    public synchronized void open() {
        for (Trap trap : List.copyOf(traps)) {
            trap.release();
        }
    }

    /**
     * Whether a zero write is refused as something the device cannot do: what an order to fail zero
     * writes with EOPNOTSUPP means.
     *
     * @return the errno it must be refused with, or null
     */
    public synchronized Errno refusal(Request request) {
        for (Trap trap : traps) {
            if (trap.refuses() && trap.catches(request)) {
                return catchWith(trap);
            }
        }
        return null;
    }

    private Errno catchWith(Trap trap) {
        trap.remaining--;
        trap.caught++;
        notifyAll();
        return trap.errno;
    }

    /**
     * Passes a request, on its own thread, before it reaches the file; blocks while it is held.
     *
     * @return the errno it must fail with, or null if it may go on
     * @throws IOException if the thread was interrupted while held
     */
    public Errno enter(Request request) throws IOException {
        synchronized (this) {
            for (Trap trap : traps) {
                if (!trap.refuses() && trap.catches(request)) {
                    Errno errno = catchWith(trap);
                    return errno != null ? errno : waitFor(trap);
                }
            }
        }
        return null;
    }

    private Errno waitFor(Trap trap) throws IOException {
        try {
            while (!trap.released) {
                wait();
            }
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("gate: interrupted while a request was held", e);
        }
    }

    private Trap set(Trap trap) {
        traps.add(trap);
        return trap;
    }
}

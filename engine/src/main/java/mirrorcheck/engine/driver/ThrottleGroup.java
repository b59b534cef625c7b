// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.host.Clock;

/**
 * Limits that the requests of several nodes share (QMP object {@code throttle-group}).
 *
 * <p>A request goes at once if those before it are paid for, whatever its size; there are no bursts
 * beyond that. Safe for use from any thread; nothing blocks.
 */
public final class ThrottleGroup {
    /** The highest limit (QEMU's THROTTLE_VALUE_MAX). */
    public static final long MAX_LIMIT = 1_000_000_000_000_000L;

    private static final double NANOS_PER_SECOND = 1e9;
    /** The longest charge of one request, in nanoseconds: 36 years, so that sums fit a long. */
    private static final long LONGEST = 1L << 60;

    /**
     * Limits a second; 0 for none.
     *
     * @param total of all requests
     * @param read  of reads
     * @param write of writes, zero writes and discards
     */
    public record Rates(long total, long read, long write) {
        public static final Rates NONE = new Rates(0, 0, 0);

        /** One limit for all requests. */
        public static Rates total(long value) {
            return new Rates(value, 0, 0);
        }
    }

    /** One limit: what was charged is paid for as time goes by. */
    private static final class Bucket {
        private final long rate;
        private final boolean ofBytes;
        private final boolean ofReads;
        private final boolean ofWrites;
        private long paidUntil;

        Bucket(long rate, boolean ofBytes, boolean ofReads, boolean ofWrites, long now) {
            this.rate = rate;
            this.ofBytes = ofBytes;
            this.ofReads = ofReads;
            this.ofWrites = ofWrites;
            this.paidUntil = now;
        }

        boolean concerns(Request.Kind kind) {
            return switch (kind) {
                case READ -> ofReads;
                case WRITE, WRITE_ZEROES, DISCARD -> ofWrites;
                case FLUSH -> ofReads && ofWrites;
                case BLOCK_STATUS -> false;
            };
        }

        /** How long from {@code now} until what was charged is paid for; may be negative. */
        long owed(long now) {
            return paidUntil - now;
        }

        void charge(Request.Kind kind, long bytes, long start) {
            double units = ofBytes ? bytes : kind == Request.Kind.FLUSH ? 0 : 1;
            double nanos = units * NANOS_PER_SECOND / rate;
            paidUntil = start + Math.min(LONGEST, (long) nanos);
        }
    }

    private final Clock clock;
    private final List<Bucket> buckets = new ArrayList<>();
    private int members;

    /**
     * Makes a group without members.
     *
     * @param bytes      limits in bytes a second
     * @param operations limits in requests a second
     * @throws BlockException EINVAL if a limit is below 0 or too high, or if there is one for all
     *         requests and also one for some
     */
    public ThrottleGroup(Rates bytes, Rates operations, Clock clock) throws BlockException {
        this.clock = clock;
        long now = clock.nanoTime();
        add(bytes, true, now);
        add(operations, false, now);
    }

    private void add(Rates rates, boolean ofBytes, long now) throws BlockException {
        if (rates.total() != 0 && (rates.read() != 0 || rates.write() != 0)) {
            throw BlockException.refused("bps/iops/max total values and read/write values cannot "
                    + "be used at the same time");
        }
        add(rates.total(), ofBytes, true, true, now);
        add(rates.read(), ofBytes, true, false, now);
        add(rates.write(), ofBytes, false, true, now);
    }

    private void add(long rate, boolean ofBytes, boolean reads, boolean writes, long now)
            throws BlockException {
        if (rate < 0 || rate > MAX_LIMIT) {
            throw BlockException.refused(
                    "bps/iops/max values must be within [0, " + MAX_LIMIT + "]");
        }
        if (rate > 0) {
            buckets.add(new Bucket(rate, ofBytes, reads, writes, now));
        }
    }

    /** Books a request and answers when, by the clock's nanoTime, it may go. */
    synchronized long charge(Request.Kind kind, long bytes) {
        long now = clock.nanoTime();
        long wait = 0;
        for (Bucket bucket : buckets) {
            if (bucket.concerns(kind)) {
                wait = Math.max(wait, bucket.owed(now));
            }
        }
        for (Bucket bucket : buckets) {
            if (bucket.concerns(kind)) {
                bucket.charge(kind, bytes, now + wait);
            }
        }
        return now + wait;
    }

    Clock clock() {
        return clock;
    }

    synchronized void join() {
        members++;
    }

    synchronized void leave() {
        members--;
    }

    /** Whether open nodes share its limits. */
    public synchronized boolean isUsed() {
        return members > 0;
    }
}

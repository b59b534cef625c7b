// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.host.Clock;

/**
 * What a mirror is made of besides its arguments, so that time, threads and bookkeeping can be
 * chosen from outside.
 *
 * @param tracking makes the bookkeeping of a job from its sizes and from whether zeroes are tracked
 * @param clusters makes the account of clusters that must be filled as a whole, from the target and
 *                 the sizes
 * @param inFlight makes the account of a job's requests in flight
 * @param executor runs the job and its requests, each on a platform thread of its own: they block
 *                 in foreign calls. A job needs up to 17 threads at once
 * @param clock    for the rate limit and for retries
 * @param locks    makes the lock that guards a job
 */
public record MirrorParts(BiFunction<Geometry, Boolean, Tracking> tracking,
        BiFunction<BlockNode, Geometry, WholeClusters> clusters, Supplier<InFlight> inFlight,
        ExecutorService executor, Clock clock, Supplier<Lock> locks) {
    /** The real thing: a zero bitmap beside the dirty bitmap, daemon threads, the host's clock. */
    public static MirrorParts standard() {
        return new MirrorParts(Tracking::new, WholeClusters::new, InFlight::new, Threads.SHARED,
                Clock.SYSTEM, ReentrantLock::new);
    }

    /** The same with other bookkeeping. */
    public MirrorParts withTracking(BiFunction<Geometry, Boolean, Tracking> value) {
        return new MirrorParts(value, clusters, inFlight, executor, clock, locks);
    }

    /** The same with another account of clusters. */
    public MirrorParts withClusters(BiFunction<BlockNode, Geometry, WholeClusters> value) {
        return new MirrorParts(tracking, value, inFlight, executor, clock, locks);
    }

    /** The same with another account of requests in flight. */
    public MirrorParts withInFlight(Supplier<InFlight> value) {
        return new MirrorParts(tracking, clusters, value, executor, clock, locks);
    }

    /** The same on other threads. */
    public MirrorParts withExecutor(ExecutorService value) {
        return new MirrorParts(tracking, clusters, inFlight, value, clock, locks);
    }

    /** The same with another clock. */
    public MirrorParts withClock(Clock value) {
        return new MirrorParts(tracking, clusters, inFlight, executor, value, locks);
    }

    /** The same with other locks. */
    public MirrorParts withLocks(Supplier<Lock> value) {
        return new MirrorParts(tracking, clusters, inFlight, executor, clock, value);
    }

    /** Made on first use; threads die when they were idle for a minute. */
    private static final class Threads {
        private static final AtomicInteger COUNT = new AtomicInteger();
        private static final ThreadFactory DAEMONS = task -> {
            Thread thread = new Thread(task, "mirror-" + COUNT.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        private static final ExecutorService SHARED = Executors.newCachedThreadPool(DAEMONS);
    }
}

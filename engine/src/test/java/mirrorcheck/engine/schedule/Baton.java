// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import mirrorcheck.engine.schedule.Schedule.Order;

/**
 * Runs threads one at a time: who has the baton runs, until it comes to a point where another might
 * go on instead. There a {@link Chooser} says who has it next, so that a run is nothing but its
 * choices and comes out the same each time.
 *
 * <p>Points are: before each request to a node, each lock, each wait, each step of a guest or a
 * user. What lies between two points is one step for all others. Threads that were not made here,
 * those that set a run up and look at its outcome, pass all points while nobody runs.
 */
final class Baton {
    /** More points than any run comes to that ends at all. */
    private static final int MOST_POINTS = 20_000;
    /** No run takes so long unless a thread waits for something that is not a point. */
    private static final int WATCHDOG_SECONDS = 60;

    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private final Chooser chooser;
    private final List<Actor> actors = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private Actor running;
    private boolean abandoned;
    private Throwable failure;
    private long nanos;

    Baton(Chooser chooser) {
        this.chooser = chooser;
    }

    /** Ends threads of a run that is given up. */
    private static final class Abandoned extends Error {
        private static final long serialVersionUID = 1L;

        Abandoned() {
            super("run abandoned", null, false, false);
        }
    }

    /** What a thread does. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    /** One thread. Only who has the baton touches what is not volatile. */
    final class Actor {
        private final String name;
        private final Body body;
        private String at = "begins";
        private BooleanSupplier ready = () -> true;
        private long deadline = Long.MAX_VALUE;
        private boolean begun;
        private boolean ended;
        private Thread thread;
        private volatile boolean hasBaton;

        private Actor(String name, Body body) {
            this.name = name;
            this.body = body;
        }

        String name() {
            return name;
        }

        boolean hasEnded() {
            return ended;
        }

        private boolean canRun() {
            return !ended && ready.getAsBoolean();
        }

        private void take() {
            running = this;
            hasBaton = true;
            if (begun) {
                LockSupport.unpark(thread);
            } else {
                begun = true;
                THREADS.execute(this::live);
            }
        }

        private void live() {
            thread = Thread.currentThread();
            thread.setUncaughtExceptionHandler((t, e) -> fail(e));
            hasBaton = false;
            try {
                body.run();
            } catch (Throwable e) {
                fail(e);
            }
            ended = true;
            pass(null);
        }

        private void awaitBaton() {
            while (!hasBaton) {
                LockSupport.park(Baton.this);
            }
            hasBaton = false;
        }
    }

    /** Makes a thread that goes on, from its beginning, when it is chosen. */
    Actor spawn(String name, Body body) {
        Actor actor = new Actor(name, body);
        actors.add(actor);
        return actor;
    }

    /** Who has the baton; null before and after the run. */
    Actor running() {
        return running;
    }

    /** Its name, or "outside". */
    String runningName() {
        return running == null ? "outside" : running.name;
    }

    /**
     * Runs all threads to their ends.
     *
     * @throws AssertionError if one threw something, or none can go on; with the trace
     */
    void run() {
        pass(null);
        try {
            if (!over.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("run stands still between two points");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("run interrupted", e);
        }
        if (failure != null) {
            throw new AssertionError(failure.toString(), failure);
        }
    }

    /** Whether a thread whose name begins so was made and has not ended. */
    boolean isAlive(String prefix) {
        return actors.stream().anyMatch(actor -> !actor.ended && actor.name.startsWith(prefix));
    }

    /** A point: another thread may go on here. */
    void point(String what) {
        await(what, () -> true);
    }

    /** A point that the thread passes only when {@code ready}. */
    void await(String what, BooleanSupplier ready) {
        await(what, ready, Long.MAX_VALUE);
    }

    /** As {@link #await(String, BooleanSupplier)}; {@code ready} may ask for the time to come. */
    void await(String what, BooleanSupplier ready, long deadline) {
        Actor me = running;
        if (me == null) {
            return;
        }
        if (!abandoned) {
            me.at = what;
            me.ready = ready;
            me.deadline = deadline;
            pass(me);
        }
        if (abandoned) {
            throw new Abandoned();
        }
    }

    /** Nanoseconds since the run began; they pass only when nobody can do anything else. */
    long nanoTime() {
        return nanos;
    }

    /** Notes a failure; the run is given up at the next point. */
    void fail(Throwable e) {
        if (failure == null && !(e instanceof Abandoned)) {
            failure = e;
        }
    }

    /** Whether locks need not be given back properly any more. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** What was done so far, a line a point, in order. */
    List<String> trace() {
        return trace;
    }

    private void pass(Actor from) {
        if (failure != null || trace.size() > MOST_POINTS) {
            abandon();
        }
        Actor next = abandoned ? leftOver(from) : choose(from);
        if (next == null) {
            running = null;
            over.countDown();
        } else if (next != from) {
            next.take();
            if (from != null) {
                from.awaitBaton();
            }
        }
    }

    private void abandon() {
        if (!abandoned) {
            abandoned = true;
            fail(new AssertionError("run does not end: " + trace.size() + " points"));
        }
    }

    /** Of a run that is given up, each thread that has begun is ended. */
    private Actor leftOver(Actor from) {
        return from != null ? from
                : actors.stream().filter(actor -> actor.begun && !actor.ended).findFirst()
                        .orElse(null);
    }

    private Actor choose(Actor from) {
        List<Actor> able = able(from);
        if (able.isEmpty() && advance()) {
            able = able(from);
        }
        if (able.isEmpty()) {
            if (actors.stream().allMatch(Actor::hasEnded)) {
                return null;
            }
            fail(new AssertionError("deadlock: " + actors.stream().filter(actor -> !actor.ended)
                    .map(actor -> actor.name + " " + actor.at).toList()));
            abandon();
            return leftOver(from);
        }
        Actor next = able.get(able.size() == 1 ? 0 : chooser.choose(able.size()));
        trace.add(next.name + ": " + next.at);
        return next;
    }

    /** Who can go on, whoever is running first. */
    private List<Actor> able(Actor from) {
        List<Actor> able = new ArrayList<>();
        for (Actor actor : chooser.order() == Order.OLDEST ? actors : actors.reversed()) {
            if (actor.canRun()) {
                able.add(actor == from ? 0 : able.size(), actor);
            }
        }
        return able;
    }

    /** Lets time pass until the first wait is over. */
    private boolean advance() {
        long next = actors.stream().filter(actor -> !actor.ended && actor.deadline > nanos)
                .map(actor -> actor.deadline).min(Comparator.naturalOrder()).orElse(Long.MAX_VALUE);
        nanos = next == Long.MAX_VALUE ? nanos : next;
        return next != Long.MAX_VALUE;
    }
}

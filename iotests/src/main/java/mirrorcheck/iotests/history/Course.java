// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.Set;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.ends.Request;
import mirrorcheck.iotests.history.Step.Action;
import mirrorcheck.iotests.history.Step.Ending;

/**
 * The way of a history from its images to its end: leaves out what makes no sense where it stands or
 * what nobody could judge, and ends what was not ended. It knows nothing that only a run can tell, so
 * that a history always goes the same way.
 */
final class Course {
    private static final int SECTOR = 512;

    private final Configuration configuration;
    private final Set<Capability> can;
    private final Actor actor;
    private final Map<Integer, Step.Trap> traps = new LinkedHashMap<>();
    private final List<Integer> failing = new ArrayList<>();
    private final Map<Integer, Step.Guest> laters = new TreeMap<>();
    private final Touched touched;
    private boolean started;
    private boolean ready;
    private boolean paused;
    private boolean limited;
    private boolean writeBlocking;
    private boolean over;
    private int begun;

    private Course(History history, Set<Capability> can, Actor actor) {
        this.configuration = history.configuration().within(can);
        this.can = can;
        this.actor = actor;
        this.touched = new Touched(configuration);
        this.writeBlocking = configuration.writeBlocking();
    }

    /** Goes through a history as an implementation that can so much may be asked to. */
    static void run(History history, Set<Capability> can, Actor actor) {
        Course course = new Course(history, can, actor);
        actor.images(course.configuration);
        for (Step step : history.steps()) {
            if (course.makesSense(step)) {
                actor.begin();
                course.go(step);
            }
        }
        actor.begin();
        course.end(Ending.COMPLETE);
        actor.close();
    }

    private boolean makesSense(Step step) {
        boolean runs = started && !over;
        return switch (step) {
            case Step.Guest request -> may(request);
            case Step.Start start -> !started;
            case Step.Settle settle -> runs && !limited;
            case Step.AwaitReady await -> runs && mayBecomeReady();
            case Step.Compare compare -> runs && mayBecomeReady() && ready && laters.isEmpty();
            case Step.Redundant zeroes -> runs && may(zeroes);
            case Step.Join join -> !laters.isEmpty() && !holding();
            case Step.Pause pause -> runs && !paused && failing.isEmpty();
            case Step.Resume resume -> runs && paused && failing.isEmpty();
            case Step.Change change -> runs && !writeBlocking && failing.isEmpty()
                    && can.contains(Capability.CHANGE) && can.contains(Capability.WRITE_BLOCKING);
            case Step.Speed speed -> runs && failing.isEmpty();
            case Step.Trap trap -> !over && may(trap);
            case Step.Release release -> traps.containsKey(release.id());
            case Step.End end -> runs;
        };
    }

    /**
     * In background mode the host may call what it finds data, zero or not: {@link Touched}; with
     * sync=none nothing is known of the target (measured, QEMU 11.1).
     */
    private boolean may(Step.Redundant zeroes) {
        return ready && mayBecomeReady() && writeBlocking && !configuration.copiesNothing()
                && laters.isEmpty() && traps.isEmpty()
                && zeroes.range().isAligned(configuration.granularity()) && may(zeroes.request());
    }

    private boolean mayBecomeReady() {
        return !paused && !limited && !holding() && failing.isEmpty();
    }

    private boolean holding() {
        return traps.values().stream().anyMatch(Step.Trap::holds);
    }

    /** What would wait for a held request runs beside the script, and what meets it is unclear. */
    private boolean may(Step.Guest request) {
        Range range = request.range();
        if (!request.later() && holding() && !can.contains(Capability.CONCURRENT)) {
            return false;
        }
        // A job that fails keeps guests out until what they have in flight has ended.
        if (!request.later() && !failing.isEmpty() && !laters.isEmpty()) {
            return false;
        }
        if (request.action() == Action.FLUSH) {
            return !request.later();
        }
        boolean inside = range.bytes() > 0 && range.end() <= configuration.bytes();
        boolean clear = laters.values().stream().noneMatch(other -> other.range().overlaps(range));
        boolean good = traps.values().stream().noneMatch(trap -> !trap.holds() && trap.source()
                && readsSource(request));
        return inside && clear && good && promised(request) && (request.later()
                ? started && !over && request.action().changes()
                : traps.values().stream().noneMatch(trap -> blocks(trap, request)));
    }

    /** With sync=none nobody copies what a guest wrote before. */
    private boolean promised(Step.Guest request) {
        return started || !configuration.copiesNothing() || !request.action().changes();
    }

    private boolean blocks(Step.Trap trap, Step.Guest request) {
        if (!trap.holds()) {
            return false;
        }
        if (writeBlocking && request.action().changes()) {
            return true;
        }
        boolean near = trap.range().outwards(Configuration.USUAL_GRANULARITY)
                .overlaps(request.range());
        return trap.source() && near
                && (trap.kind() != Request.Kind.READ || readsSource(request));
    }

    /** A guest's own reads are no different from the job's to the suite. */
    private static boolean readsSource(Step.Guest request) {
        return request.action() == Action.READ || request.action() == Action.DISCARD
                || !request.range().isAligned(SECTOR);
    }

    /** A failed pass of zeroes before the copy ends the job, whatever its policy. */
    private boolean may(Step.Trap trap) {
        boolean known = traps.containsKey(trap.id());
        boolean pass = trap.kind().isZero() && !trap.holds() && !ready && configuration.unmaps();
        boolean guestHears = trap.source() && !trap.holds() && trap.kind() != Request.Kind.READ;
        return !known && !pass && !guestHears && trap.range().bytes() > 0
                && (trap.holds() || laters.isEmpty());
    }

    private void go(Step step) {
        switch (step) {
            case Step.Guest request -> request(request);
            case Step.Start start -> start();
            case Step.Settle settle -> actor.settle(held());
            case Step.AwaitReady await -> {
                actor.awaitReady();
                ready = true;
            }
            case Step.Compare compare -> actor.compare();
            case Step.Redundant zeroes -> {
                actor.redundant(zeroes.request());
                touched.by(zeroes.request(), configuration.writeBlocking());
            }
            case Step.Join join -> join();
            case Step.Pause pause -> {
                actor.pause();
                paused = true;
            }
            case Step.Resume resume -> resume();
            case Step.Change change -> {
                actor.change();
                writeBlocking = true;
            }
            case Step.Speed speed -> speed(speed.bytesPerSecond());
            case Step.Trap trap -> set(trap);
            case Step.Release release -> release(release.id());
            case Step.End end -> end(end.ending());
        }
    }

    private void request(Step.Guest request) {
        if (request.later()) {
            laters.put(++begun, request);
            actor.later(begun, request);
        } else {
            actor.guest(request);
        }
        if (!over) {
            touched.by(request, ready && configuration.writeBlocking());
        }
    }

    private void start() {
        actor.start();
        started = true;
    }

    private List<Integer> held() {
        return traps.values().stream().filter(Step.Trap::holds).map(Step.Trap::id).toList();
    }

    private void set(Step.Trap trap) {
        actor.trap(trap);
        traps.put(trap.id(), trap);
        if (!trap.holds() && configuration.reportsErrors() && !isRefusal(trap)) {
            failing.add(trap.id());
        }
    }

    /** What the target cannot do is done in another way. */
    private static boolean isRefusal(Step.Trap trap) {
        return trap.kind().isZero() && "EOPNOTSUPP".equals(trap.errno());
    }

    private void release(int id) {
        actor.release(id);
        traps.remove(id);
    }

    private void join() {
        laters.keySet().forEach(actor::await);
        laters.clear();
    }

    private void resume() {
        actor.resume();
        paused = false;
    }

    private void speed(long bytesPerSecond) {
        actor.speed(bytesPerSecond);
        limited = bytesPerSecond > 0;
    }

    /** Lets everything go on, ends the mirror if it runs, and has it judged. */
    private void end(Ending ending) {
        List.copyOf(traps.keySet()).forEach(this::release);
        join();
        if (!started || over) {
            return;
        }
        if (paused) {
            resume();
        }
        if (limited) {
            speed(0);
        }
        actor.end(failing.isEmpty() ? ending : Ending.COMPLETE, failing, touched.most());
        over = true;
    }
}

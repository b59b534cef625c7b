// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.driver.Driver;
import mirrorcheck.engine.driver.DriverRegistry;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.job.Jobs;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.nbd.NbdNode;

/**
 * A storage daemon: its nodes, jobs, exports and monitors, from its start to its end.
 *
 * <p>Safe for use from any thread.
 */
public final class Daemon implements AutoCloseable {
    /** How long the end may take until something is done about it. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Graph graph = new Graph();
    private final Jobs jobs = new Jobs();
    private final Events events = new Events(Clock.SYSTEM);
    private final ThrottleGroups throttleGroups = new ThrottleGroups();
    private final Drains drains = new Drains(jobs);
    private final Exports exports = new Exports(graph, drains, events::exportDeleted,
            this::removeAtEnd);
    private final DriverRegistry drivers = new DriverRegistry(graph);
    private final Nodes nodes = new Nodes(graph, drivers, drains, exports::isWritable);
    private final MirrorParts mirrorParts = MirrorParts.standard();
    private final Map<String, Command> commands = new LinkedHashMap<>();
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final Set<Path> files = ConcurrentHashMap.newKeySet();
    private final CommandTurn turn = new CommandTurn();
    private final Object endLock = new Object();
    private final CountDownLatch quit = new CountDownLatch(1);
    private final PrintStream log;
    private boolean closed;

    /** {@code log} is told of our own bugs. */
    public Daemon(PrintStream log) {
        this.log = log;
        drivers.add(throttleGroups.driver());
        drivers.add(Driver.leaf("nbd", opening -> NbdNode.connect(opening.node(),
                Addresses.of(opening.options().object("server")),
                opening.options().string("export", ""))));
        for (List<Command> some : List.of(new GeneralCommands(this).all(),
                new NodeCommands(this).all(), new JobCommands(this).all())) {
            some.forEach(command -> commands.put(command.name(), command));
        }
    }

    Graph graph() {
        return graph;
    }

    Jobs jobs() {
        return jobs;
    }

    Events events() {
        return events;
    }

    DriverRegistry drivers() {
        return drivers;
    }

    Nodes nodes() {
        return nodes;
    }

    Exports exports() {
        return exports;
    }

    ThrottleGroups throttleGroups() {
        return throttleGroups;
    }

    MirrorParts mirrorParts() {
        return mirrorParts;
    }

    /** All commands by name. */
    Map<String, Command> commands() {
        return Collections.unmodifiableMap(commands);
    }

    /** Runs a command; others wait meanwhile. When the daemon ends, it does not run. */
    void inCommand(Runnable command) {
        turn.run(command);
    }

    void log(String what, Throwable bug) {
        log.print(what);
        bug.printStackTrace(log);
    }

    /** Has {@code resource} closed when the daemon ends, the latest first. */
    void closeAtEnd(AutoCloseable resource) {
        synchronized (resources) {
            resources.add(resource);
        }
    }

    /** Has a file of this daemon removed when it ends, if it is there. */
    void removeAtEnd(Path file) {
        files.add(file);
    }

    /** Lets {@link #awaitQuit} return. */
    void quit() {
        quit.countDown();
    }

    /** Blocks until a client says {@code quit}. */
    public void awaitQuit() throws InterruptedException {
        quit.await();
    }

    /** Ends all jobs: each is paused, so that its requests have ended, and then cancelled. */
    void endJobs() {
        for (Job job : jobs.all()) {
            try {
                end(job);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void end(Job job) throws InterruptedException {
        if (accepts(job::pause)) {
            job.await(EnumSet.of(JobStatus.PAUSED, JobStatus.STANDBY, JobStatus.PENDING));
        }
        // One that takes no cancel is over, or comes to its end by itself.
        accepts(() -> job.cancel(true));
        job.await(Job.over());
    }

    @FunctionalInterface
    private interface Verb {
        void ask() throws BlockException;
    }

    private static boolean accepts(Verb verb) {
        try {
            verb.ask();
            return true;
        } catch (BlockException e) {
            return false;
        }
    }

    /**
     * Ends as {@link #close} does, but also if something hangs: a command that runs is interrupted,
     * and what then takes longer than a second loses its connections to NBD servers. If that does
     * not help either, returns a second later, with the files of this daemon removed; what hangs is
     * for the caller to end with the process. A second call waits for the first.
     */
    public void end() {
        synchronized (endLock) {
            turn.end();
            Thread orderly = Thread.ofPlatform().daemon().name("end").start(this::close);
            if (!isOver(orderly)) {
                for (BlockNode node : graph.nodes()) {
                    if (node instanceof NbdNode nbd) {
                        nbd.disconnect();
                    }
                }
                if (!isOver(orderly)) {
                    files.forEach(file -> Closing.quietly(() -> Files.deleteIfExists(file)));
                }
            }
        }
    }

    private static boolean isOver(Thread thread) {
        try {
            return thread.join(PATIENCE);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /**
     * Ends jobs, exports, monitors and nodes, in this order, and waits for their requests. A second
     * call does nothing.
     */
    @Override
    public void close() {
        synchronized (resources) {
            if (closed) {
                return;
            }
            closed = true;
        }
        turn.runLast(() -> {
            endJobs();
            exports.close();
        });
        for (AutoCloseable resource : resources.reversed()) {
            Closing.quietly(resource);
        }
        nodes.closeAll();
    }
}

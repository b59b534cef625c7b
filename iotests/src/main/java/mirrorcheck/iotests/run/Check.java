// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.host.Clock;
import mirrorcheck.iotests.host.HostFacts;
import mirrorcheck.iotests.host.HostProbes;
import mirrorcheck.iotests.judge.Contract;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.report.JsonReport;
import mirrorcheck.iotests.report.JunitReport;
import mirrorcheck.iotests.report.Report;
import mirrorcheck.iotests.report.RuleTable;
import mirrorcheck.iotests.report.Tally;
import mirrorcheck.iotests.report.TapReport;
import mirrorcheck.iotests.report.TextReport;

/** The program behind {@code iotests/check}. */
public final class Check {
    /** Set by the launcher: top of the project. */
    private static final String ROOT = "mirrorcheck.root";
    /** Set by the launcher: columns of the terminal; 0 or absent if there is none. */
    private static final String COLUMNS = "mirrorcheck.columns";
    /** First argument of {@code iotests/new}. */
    private static final String NEW = "new";
    private static final String SCRATCH = "MIRRORCHECK_SCRATCH";
    /** How long an interrupted run may take to close what it holds. */
    private static final long LAST_WORDS_SECONDS = 20;

    private final SuiteTree tree;
    private final Adapters adapters;
    private final Clock clock;
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;
    /** When the run before this one ended, counted from the start of the program. */
    private long earlierMillis;
    private Runner runner;
    private boolean stopped;

    /** A program that prints to {@code out}, and to {@code err} what is wrong with the set-up. */
    public Check(SuiteTree tree, Adapters adapters, Clock clock, Map<String, String> environment,
            PrintStream out, PrintStream err) {
        this.tree = tree;
        this.adapters = adapters;
        this.clock = clock;
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /** Runs with the arguments of {@code iotests/check}. */
    public static void main(String[] args) {
        OutputStream bytes = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        SuiteTree tree = new SuiteTree(Path.of(System.getProperty(ROOT, ".")));
        Check check = new Check(tree, Adapters.standard(tree), Clock.system(), System.getenv(), out,
                System.err);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                if (ended.getCount() > 0) {
                    check.stop();
                    ended.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "interrupted"));
        int code = check.run(args);
        out.flush();
        ended.countDown();
        System.exit(code);
    }

    /**
     * Stops what runs, from any thread; {@link #run} then prints the summary so far and returns
     * 130.
     */
    public synchronized void stop() {
        stopped = true;
        if (runner != null) {
            runner.stop();
        }
    }

    /** Does what the arguments say and returns the exit code. */
    public int run(String... args) {
        return run(event -> { }, args);
    }

    /** The same, telling {@code also} the events of the run. */
    int run(Report also, String... args) {
        try {
            return args.length > 0 && args[0].equals(NEW) ? scaffold(args)
                    : dispatch(Options.parse(args), also);
        } catch (HarnessError e) {
            err.println("check: " + e.getMessage());
            return Tally.BROKEN;
        } catch (UncheckedIOException e) {
            err.println("check: " + e.getMessage());
            return Tally.BROKEN;
        } catch (RuntimeException e) {
            err.println("check: our bug: " + e);
            e.printStackTrace(err);
            return Tally.BROKEN;
        }
    }

    private int scaffold(String... args) {
        if (args.length != 2 || args[1].startsWith("-")) {
            throw new HarnessError("new: name one test: iotests/new copy/mirror-tail");
        }
        Scaffold.create(tree, args[1]).forEach(out::println);
        return Tally.PASSED;
    }

    private int dispatch(Options options, Report also) {
        if (options.help) {
            out.print(options.usage());
            return Tally.PASSED;
        }
        if (options.version) {
            out.print(options.versionText());
            return Tally.PASSED;
        }
        if (options.validate) {
            return validate(options);
        }
        Contract contract = contract();
        if (options.listRules) {
            contract.rules().values().forEach(rule ->
                    out.println(rule.id() + " " + rule.level() + ": " + rule.sentence()));
            return Tally.PASSED;
        }
        Discovery found = Discovery.of(tree, contract);
        if (options.compare) {
            return compare(options, contract, found);
        }
        Contestant one = new Contestant(options.adapter, options.qsd);
        Selection selection = Selection.of(tree, found, options, one.name(), Path.of(""));
        if (options.dryRun) {
            return list(selection);
        }
        List<Report> reports = reports(options);
        reports.add(also);
        return execute(options, contract, found, selection, one, one.create(adapters), reports);
    }

    private int validate(Options options) {
        Adapter adapter = adapters.create(options.adapter, options.qsd);
        try (Scratch scratch = Scratch.open(scratchBase(options))) {
            return new Validation(adapter, options.adapter, scratch, clock,
                    options.timeoutNanos(), out).run();
        }
    }

    private Contract contract() {
        try {
            return Contract.parse(tree.shown(tree.contract()), Files.readString(tree.contract()));
        } catch (IOException e) {
            throw new HarnessError(tree.shown(tree.contract()) + ": cannot be read: "
                    + e.getMessage(), e);
        }
    }

    private int list(Selection selection) {
        selection.plan().forEach(test -> out.println(test.id() + "  "
                + String.join(",", test.script().about().groups()) + "  "
                + test.script().head().title()));
        selection.problems().forEach(problem -> out.println("set-up: " + problem));
        return !selection.problems().isEmpty() ? Tally.BROKEN
                : selection.plan().isEmpty() ? Tally.NOTHING_RAN : Tally.PASSED;
    }

    /** Runs the same tests against several, one after the other, and shows them side by side. */
    private int compare(Options options, Contract contract, Discovery found) {
        List<Contestant> contestants = options.contestants(found.names(), adapters, Path.of(""));
        Map<Contestant, Adapter> all = new LinkedHashMap<>();
        contestants.forEach(one -> all.put(one, one.create(adapters)));
        RuleTable table = new RuleTable(contract.rules().values());
        int worst = Tally.PASSED;
        for (Contestant one : all.keySet()) {
            Adapter adapter = all.get(one);
            Selection selection = Selection.of(tree, found, options, one.name(), Path.of(""));
            Map<String, List<String>> rules = new HashMap<>();
            selection.plan().forEach(test ->
                    rules.put(test.script().name(), test.script().about().rules()));
            RuleTable.Column column = new RuleTable.Column(one.name(),
                    adapter.capabilities().contains(Capability.COMPAT), rules);
            List<Report> reports = reports(options);
            reports.add(column);
            int code = execute(options, contract, found, selection, one, adapter, reports);
            table.add(column);
            worst = Tally.worse(worst, code);
            out.println();
            if (code == Tally.INTERRUPTED) {
                break;
            }
        }
        table.print(out);
        return worst;
    }

    private int execute(Options options, Contract contract, Discovery found, Selection selection,
            Contestant contestant, Adapter adapter, List<Report> reports) {
        Path file = contestant.knownFailures(tree);
        KnownFailures known = options.strict ? KnownFailures.none()
                : KnownFailures.read(file, tree.shown(file), contract.rules());
        Tally tally = new Tally();
        try (Scratch scratch = Scratch.open(scratchBase(options))) {
            ScriptLoader loader = new ScriptLoader(tree.common());
            int jobs = options.jobs == null ? Runtime.getRuntime().availableProcessors()
                    : options.jobs;
            RunSettings settings = new RunSettings(tree, contract, adapter, probe(scratch),
                    scratch, loader, clock, jobs, known, options.seed,
                    options.histories == null ? 0 : options.histories,
                    options.timeoutNanos(), options.bless, options.keep);
            if (!selection.plan().isEmpty()) {
                loader.base();
            }
            Runner started = new Runner(settings, earlierMillis, event -> {
                tally.on(event);
                reports.forEach(report -> report.on(event));
            });
            begin(started);
            started.run(selection.plan(), selection.problems());
        }
        earlierMillis = clock.millisSinceStart();
        int code = tally.exitCode();
        List<String> stale = code == Tally.PASSED
                ? known.stale(tally.ran(), selection.left(found.names())) : List.of();
        stale.forEach(line -> err.println("check: " + line));
        return stale.isEmpty() ? code : Tally.BROKEN;
    }

    private synchronized void begin(Runner started) {
        runner = started;
        if (stopped) {
            runner.stop();
        }
    }

    private Path scratchBase(Options options) {
        String named = environment.get(SCRATCH);
        Path fallback = named != null && !named.isEmpty() ? Path.of(named)
                : tree.target().resolve("scratch");
        Path base = options.scratch != null ? options.scratch : fallback;
        if (!base.startsWith(tree.target()) && !Files.isDirectory(base)) {
            throw new HarnessError("scratch " + base + ": no such directory");
        }
        return base;
    }

    /** Probes the scratch directory while the words of the DSL are compiled. */
    private static Supplier<HostFacts> probe(Scratch scratch) {
        FutureTask<HostFacts> task = new FutureTask<>(() -> {
            try {
                return HostProbes.probe(scratch.directory());
            } catch (IOException e) {
                throw new HarnessError(Scratch.trouble(scratch.directory(), e), e);
            }
        });
        Thread.ofPlatform().daemon().name("probe").start(task);
        return () -> {
            try {
                return task.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new HarnessError("probe: interrupted", e);
            } catch (java.util.concurrent.ExecutionException e) {
                throw e.getCause() instanceof HarnessError error ? error
                        : new HarnessError("probe: our bug: " + e.getCause(), e.getCause());
            }
        };
    }

    private List<Report> reports(Options options) {
        List<Report> reports = new ArrayList<>();
        boolean fancy = !options.plain && !environment.containsKey("CI")
                && !environment.containsKey("NO_COLOR");
        int columns = fancy ? Integer.getInteger(COLUMNS, 0) : 0;
        reports.add(options.tap ? new TapReport(out) : new TextReport(out, columns > 0, columns));
        if (options.junitXml != null) {
            reports.add(new JunitReport(options.junitXml));
        }
        if (options.json != null) {
            reports.add(new JsonReport(options.json));
        }
        return reports;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import mirrorcheck.iotests.host.AtomicWrite;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says whether the engine became slower or costlier than its baseline: {@code bench/gate}.
 *
 * <p>Several JVMs, one after another, each time every mirror in turns with a plain copy; of each JVM
 * counts the median ratio of the two. So a machine that is busy, or another one, changes both.
 */
final class Gate {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final TypeReference<TreeMap<String, Measured>> BASELINE = new TypeReference<>() {
    };
    private static final int QUICK_FORKS = 6;
    private static final int QUICK_TURNS = 5;
    private static final int FULL_FORKS = 20;
    private static final int FULL_TURNS = 15;
    private static final int RED = 1;
    private static final int BROKEN = 2;
    private static final int NO_BASELINE = 3;

    private final GateOptions options;
    private final Path file;
    private final PrintStream out;

    private Gate(GateOptions options, Path file, PrintStream out) {
        this.options = options;
        this.file = file;
        this.out = out;
    }

    /** Run by {@code bench/gate}, which sets the property mirrorcheck.root and that of scratch. */
    public static void main(String[] args) {
        GateOptions options = new GateOptions();
        CommandLine line = new CommandLine(options);
        int code;
        try {
            line.parseArgs(args);
            if (options.help) {
                line.usage(System.out);
                return;
            }
            if (!options.rates.isEmpty()) {
                printRates(GateRates.read(options.rates), options.planted);
                return;
            }
            Path usual = Path.of(System.getProperty("mirrorcheck.root"), "bench", "baseline.json");
            code = new Gate(options, options.baseline == null ? usual : options.baseline,
                    System.out).run();
        } catch (ParameterException | IOException | JacksonException e) {
            System.err.println("bench/gate: " + e.getMessage());
            code = BROKEN;
        } catch (InterruptedException e) {
            System.err.println("bench/gate: interrupted");
            code = BROKEN;
        }
        System.exit(code);
    }

    private static void printRates(GateRates rates, double planted) {
        System.out.println("pairs of gates: " + rates.pairs() + ", red: " + rates.red(0)
                + ", red if the later is slower by " + planted + ": " + rates.red(planted));
    }

    private int run() throws IOException, InterruptedException {
        boolean known = Files.exists(file);
        if (!known && !options.update) {
            System.err.println("bench/gate: " + file + ": no baseline: bench/gate --update makes "
                    + "one");
            return NO_BASELINE;
        }
        Machine machine = Machine.here(ScratchDirectory.named().path());
        Baseline before = known ? Baseline.read(file) : new Baseline(machine, Map.of());
        boolean sameMachine = before.machine().equals(machine);
        if (!sameMachine) {
            out.println("times are not compared: the baseline is of another machine: "
                    + before.machine() + "; this is " + machine
                    + ": bench/gate --update makes one here");
        }
        Map<String, Measured> after = measure();
        List<Verdict> verdicts = new ArrayList<>();
        after.forEach((name, now) -> verdicts.add(
                Verdict.of(name, before.mirrors().get(name), now, sameMachine)));
        boolean red = verdicts.stream().anyMatch(Verdict::isRed);
        print(verdicts);
        report(verdicts, red);
        if (options.update) {
            new Baseline(machine, after).write(file);
            out.println("baseline: " + file + ": written");
            return 0;
        }
        out.println(red ? "gate: red" : "gate: green");
        return red ? RED : 0;
    }

    private Map<String, Measured> measure() throws IOException, InterruptedException {
        int forks = options.full ? FULL_FORKS : QUICK_FORKS;
        Map<String, Measured> all = new TreeMap<>();
        for (int fork = 1; fork <= forks; fork++) {
            System.err.println("bench/gate: fork " + fork + " of " + forks);
            for (Map.Entry<String, Measured> one : fork().entrySet()) {
                all.merge(one.getKey(), one.getValue(), Gate::joined);
            }
        }
        return all;
    }

    private static Measured joined(Measured earlier, Measured later) {
        if (!earlier.differences(later).isEmpty()) {
            throw new IllegalStateException("counts differ from fork to fork: "
                    + earlier.differences(later));
        }
        List<Double> ratios = new ArrayList<>(earlier.ratios());
        ratios.addAll(later.ratios());
        return new Measured(earlier.counts(), ratios);
    }

    private Map<String, Measured> fork() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-D" + GateFork.PLANTED + "=" + options.planted, "-classpath",
                System.getProperty("java.class.path"), GateFork.class.getName(),
                Integer.toString(options.full ? FULL_TURNS : QUICK_TURNS)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("a fork failed: exit code " + code + ": see above");
            }
            return JSON.readValue(said, BASELINE);
        } finally {
            process.destroyForcibly();
        }
    }

    private void print(List<Verdict> verdicts) {
        out.println("mirror         ratio: before  now            verdict");
        for (Verdict verdict : verdicts) {
            out.println(String.format(Locale.ROOT, "%-14s %-14s %-14s %s", verdict.name(),
                    verdict.before() == null ? "-" : ratio(verdict.before()),
                    ratio(verdict.after()), verdict.summary()));
        }
    }

    private static String ratio(Measured measured) {
        Spread spread = Spread.of(measured.ratios());
        return String.format(Locale.ROOT, "%.3f +-%.3f", spread.median(),
                (spread.most() - spread.least()) / 2);
    }

    private void report(List<Verdict> verdicts, boolean red) throws IOException {
        if (options.json != null) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("red", red);
            document.put("allowed", Verdict.ALLOWED);
            document.put("significant", Verdict.SIGNIFICANT);
            document.put("mirrors", verdicts);
            AtomicWrite.write(options.json, JSON.writeValueAsString(document) + "\n");
        }
        if (options.html != null) {
            AtomicWrite.write(options.html, new GatePage(verdicts, red).toString());
        }
    }
}

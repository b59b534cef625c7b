// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mirrorcheck.iotests.adapter.AdapterFile;
import mirrorcheck.iotests.judge.HarnessError;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code iotests/check}, in the habits of QEMU's own. */
@Command(name = "iotests/check", sortOptions = false, version = "mirrorcheck 0.1.0",
        synopsisHeading = "usage: ", optionListHeading = "%n",
        customSynopsis = "iotests/check [options] [TEST | DIRECTORY]...",
        description = "Runs the tests of the suite against an implementation of a mirror.",
        footer = {"", "exit codes: 0 passed, 1 contract violated, 2 harness or set-up broken,",
            "3 nothing ran, 130 interrupted"})
final class Options {
    private static final Pattern SHARD = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})");

    @Parameters(paramLabel = "TEST", arity = "0..*",
            description = "copy/mirror-sparse, its file, or a folder such as copy; "
                    + "everything if none is named")
    List<String> names = new ArrayList<>();

    @Option(names = "-raw", description = "raw source images (the default)")
    boolean raw;

    @Option(names = "-qcow2",
            description = "qcow2 source images; with -raw too, every test runs with both")
    boolean qcow2;

    @Option(names = "--target", paramLabel = "FORMAT",
            description = "format of target images: raw (the default) or qcow2")
    String target = "raw";

    @Option(names = {"-g", "--group"}, paramLabel = "GROUP", split = ",",
            description = "only tests of these groups")
    List<String> groups = new ArrayList<>();

    @Option(names = {"-x", "--exclude-group"}, paramLabel = "GROUP", split = ",",
            description = "no tests of these groups")
    List<String> excluded = new ArrayList<>();

    @Option(names = {"-j", "--jobs"}, paramLabel = "N",
            description = "tests that run at once; default: as many as there are processors")
    Integer jobs;

    @Option(names = {"-n", "--dry-run"}, description = "list what would run")
    boolean dryRun;

    @Option(names = {"-tap", "--tap"},
            description = "TAP version 14 instead of text, a subtest per test")
    boolean tap;

    @Option(names = "--junit-xml", paramLabel = "FILE",
            description = "also write JUnit XML, one testcase per case")
    Path junitXml;

    @Option(names = "--json", paramLabel = "FILE", description = "also write all results as JSON")
    Path json;

    @Option(names = "--adapter", paramLabel = "NAME",
            description = "the implementation under test, or the path of a folder with an "
                    + "adapter.json; default: engine")
    String adapter;

    @Option(names = "--validate",
            description = "copy 1 MiB with the adapter, once, and explain what went wrong")
    boolean validate;

    @Option(names = "--qsd", paramLabel = "PATH",
            description = "test this qemu-storage-daemon, or any daemon that speaks QMP and "
                    + "serves NBD; with --adapter NAME under that name")
    Path qsd;

    @Option(names = "--compare",
            description = "run against several implementations and show rule by rule what each "
                    + "keeps: name them like tests, as NAME, a folder, or NAME=DAEMON")
    boolean compare;

    @Option(names = "--strict", description = "forget what the adapter is known to fail")
    boolean strict;

    @Option(names = "--seed", paramLabel = "S",
            description = "seed of everything random; default: 1")
    long seed = 1;

    @Option(names = "--histories", paramLabel = "N",
            description = "play N random histories in each test of them; the first has the seed S, "
                    + "the next S + 1; default: as many as the test says")
    Integer histories;

    @Option(names = "--bless",
            description = "make the transcripts of the named tests their goldens")
    boolean bless;

    @Option(names = "--scratch", paramLabel = "DIR",
            description = "where tests keep files; default: MIRRORCHECK_SCRATCH "
                    + "or iotests/target/scratch")
    Path scratch;

    @Option(names = "--timeout", paramLabel = "D",
            description = "how long a test may show no progress, such as 90s or 5m; default: 60s")
    String timeout = "60s";

    @Option(names = "--list-rules", description = "list the rules of the contract")
    boolean listRules;

    @Option(names = "--shard", paramLabel = "I/N",
            description = "only every Nth test, beginning with the Ith")
    String shard = "1/1";

    @Option(names = "--keep", description = "keep scratch folders after a pass too")
    boolean keep;

    @Option(names = "--no-color", description = "neither colours nor live progress")
    boolean plain;

    @Option(names = "--help", usageHelp = true, description = "print this")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "print the version")
    boolean version;

    private final CommandLine line = new CommandLine(this);
    private boolean adapterGiven;
    private int shardIndex;
    private int shardCount;

    /**
     * Reads a command line.
     *
     * @throws HarnessError with one line that says what is wrong with it
     */
    static Options parse(String... args) {
        Options options = new Options();
        try {
            options.line.parseArgs(args);
        } catch (CommandLine.UnmatchedArgumentException e) {
            String unknown = e.getUnmatched().getFirst();
            throw new HarnessError("unknown option '" + unknown + "'"
                    + Suggest.didYouMean(unknown, options.optionNames())
                    + "; see iotests/check --help", e);
        } catch (CommandLine.MissingParameterException e) {
            String option = e.getMissing().stream()
                    .filter(CommandLine.Model.OptionSpec.class::isInstance)
                    .map(spec -> ((CommandLine.Model.OptionSpec) spec).longestName())
                    .findFirst().orElse("argument");
            throw new HarnessError(option + ": value missing; see iotests/check --help", e);
        } catch (CommandLine.ParameterException e) {
            throw new HarnessError(badValue(e), e);
        }
        options.adapterGiven = options.adapter != null;
        if (options.adapter == null) {
            options.adapter = options.qsd == null ? Adapters.DEFAULT : Adapters.DAEMON;
        }
        if (!options.help && !options.version) {
            options.check();
        }
        return options;
    }

    private void checkCompare() {
        String other = adapterGiven ? "--adapter" : qsd != null ? "--qsd" : bless ? "--bless"
                : junitXml != null ? "--junit-xml" : json != null ? "--json" : tap ? "--tap"
                : validate ? "--validate" : dryRun ? "-n" : "";
        if (compare && !other.isEmpty()) {
            throw new HarnessError("--compare: does not go with " + other);
        }
    }

    private static String badValue(CommandLine.ParameterException e) {
        if (e.getArgSpec() instanceof CommandLine.Model.OptionSpec option && e.getValue() != null) {
            return option.longestName() + " " + e.getValue() + ": not a number";
        }
        return Objects.requireNonNullElse(e.getMessage(), "command line not understood")
                + "; see iotests/check --help";
    }

    private List<String> optionNames() {
        return line.getCommandSpec().options().stream().flatMap(o -> List.of(o.names()).stream())
                .toList();
    }

    private void check() {
        for (String group : Stream.concat(groups.stream(), excluded.stream()).toList()) {
            if (Group.of(group).isEmpty()) {
                throw new HarnessError("-g " + group + ": unknown group"
                        + Suggest.didYouMean(group, Group.words())
                        + "; there are: " + String.join(", ", Group.words()));
            }
        }
        if (jobs != null && jobs < 1) {
            throw new HarnessError("-j " + jobs + ": must be 1 or more");
        }
        if (histories != null && histories < 1) {
            throw new HarnessError("--histories " + histories + ": must be 1 or more");
        }
        checkCompare();
        if (!Needs.FORMATS.contains(target)) {
            throw new HarnessError("--target " + target + ": unknown format"
                    + Suggest.didYouMean(target, Needs.FORMATS)
                    + "; there are: " + String.join(", ", Needs.FORMATS));
        }
        if (bless && names.isEmpty()) {
            throw new HarnessError("--bless: name the tests whose goldens are to be written");
        }
        Matcher matcher = SHARD.matcher(shard);
        if (!matcher.matches()) {
            throw new HarnessError("--shard " + shard + ": write I/N, such as 2/8");
        }
        shardIndex = Integer.parseInt(matcher.group(1));
        shardCount = Integer.parseInt(matcher.group(2));
        if (shardIndex < 1 || shardIndex > shardCount) {
            throw new HarnessError("--shard " + shard + ": I must be 1 to " + shardCount);
        }
        timeoutNanos();
    }

    /**
     * Takes the implementations to compare out of the names.
     *
     * @param tests    every test there is
     * @param here     the directory that paths are relative to
     * @throws HarnessError if there is none, or a name is neither an implementation nor a test
     */
    List<Contestant> contestants(List<String> tests, Adapters adapters, Path here) {
        List<Contestant> found = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        for (String name : names) {
            boolean folder = name.contains("/")
                    && Files.isRegularFile(here.resolve(name).resolve(AdapterFile.NAME));
            if (name.contains("=") || folder || adapters.names().contains(name)) {
                found.add(Contestant.parse(name));
            } else if (tests.stream().noneMatch(one -> (one + "/").startsWith(name + "/"))) {
                throw new HarnessError("--compare " + name + ": neither an implementation nor a "
                        + "test" + Suggest.didYouMean(name, adapters.names())
                        + "; there are: " + String.join(", ", adapters.names()));
            } else {
                rest.add(name);
            }
        }
        if (found.isEmpty()) {
            throw new HarnessError("--compare: name the implementations to compare: "
                    + String.join(", ", adapters.names()) + ", NAME=DAEMON");
        }
        names = rest;
        return found;
    }

    /** The formats to run with, in order. */
    List<String> formats() {
        List<String> formats = new ArrayList<>();
        if (raw || !qcow2) {
            formats.add("raw");
        }
        if (qcow2) {
            formats.add("qcow2");
        }
        return formats;
    }

    /** Whether the test at this index of the plan, from 0, is in the shard. */
    boolean inShard(int index) {
        return index % shardCount == shardIndex - 1;
    }

    long timeoutNanos() {
        return Durations.parse("--timeout", timeout).toNanos();
    }

    /** The text of {@code --help}. */
    String usage() {
        return line.getUsageMessage(CommandLine.Help.Ansi.OFF);
    }

    /** The text of {@code --version}. */
    String versionText() {
        return String.join("\n", line.getCommandSpec().version()) + "\n";
    }
}

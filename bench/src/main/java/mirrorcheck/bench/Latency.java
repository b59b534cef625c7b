// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.iotests.adapter.qmp.DaemonSettings;
import mirrorcheck.iotests.host.AtomicWrite;
import mirrorcheck.iotests.image.ImageModel;
import org.apache.commons.io.file.PathUtils;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures how long a guest's writes take while its disk is mirrored, by the engine's daemon and by
 * others: {@code bench/latency}.
 *
 * <p>In each turn every daemon mirrors once in each copy-mode, another one first each time, to a
 * new target, with the source in the page cache, memory that is really there and nothing left to be
 * written back. All of them get the same seed of a guest's writes in a turn; see {@link
 * LatencyGuest} for what its closed loop means. Before the job begins the guest writes as often as
 * it did during the daemon's mirror of the turn before: the same without a mirror. After each
 * mirror the files of source and target are both compared, byte for byte, with the source as it was
 * made and what was acknowledged to the guest since.
 */
final class Latency {
    private static final int USAGE = 2;
    /** Without a mirror, when nobody knows yet how many there will be with one. */
    private static final long FIRST_ALONE = 2000;

    private final LatencyOptions options;
    private final ScratchDirectory scratch;
    private final List<LatencyDaemon> daemons = new ArrayList<>();
    private final PrintStream out;

    /** Of checked options; {@code root} is the top of the project. */
    private Latency(LatencyOptions options, ScratchDirectory scratch, Path root, PrintStream out) {
        this.options = options;
        this.scratch = scratch;
        this.out = out;
        daemons.add(new LatencyDaemon(Peers.ENGINE,
                DaemonSettings.of(root.resolve("engine/mirrorcheck-storage-daemon"))));
        options.programs().forEach((name, path) ->
                daemons.add(new LatencyDaemon(name, DaemonSettings.of(path))));
    }

    /**
     * Run by {@code bench/latency}, which sets the properties mirrorcheck.scratch and
     * mirrorcheck.root.
     */
    public static void main(String[] args) {
        int code;
        try (Unwinding _ = Unwinding.ofThisThread()) {
            code = run(args);
        }
        if (code != 0) {
            System.exit(code);
        }
    }

    private static int run(String[] args) {
        LatencyOptions options = new LatencyOptions();
        CommandLine line = new CommandLine(options);
        Latency latency;
        try {
            line.parseArgs(args);
            if (options.help) {
                line.usage(System.out);
                return 0;
            }
            options.check();
            ScratchDirectory scratch = ScratchDirectory.named();
            scratch.reserve(2 * options.bytes());
            latency = new Latency(options, scratch,
                    Path.of(System.getProperty("mirrorcheck.root")), System.out);
        } catch (ParameterException | IllegalArgumentException | IOException e) {
            return fail(e.getMessage(), USAGE);
        }
        try {
            latency.run();
            return 0;
        } catch (IOException e) {
            return fail(Objects.requireNonNullElse(e.getMessage(), e.toString()), 1);
        } catch (InterruptedException e) {
            return fail("interrupted", 1);
        }
    }

    private static int fail(String why, int code) {
        System.err.println("bench/latency: " + why);
        return code;
    }

    private void run() throws IOException, InterruptedException {
        Map<CopyMode, Map<String, List<LatencySample>>> samples = measure();
        Map<String, Object> all = new LinkedHashMap<>(Map.of("seed", options.seed));
        samples.forEach((mode, own) -> {
            String word = LatencyDaemon.word(mode);
            out.println(new LatencyTable(word + ", " + (options.bytes() >> 20) + " MiB, seed "
                    + options.seed, options.writes, own));
            all.put(word, own);
        });
        if (options.json != null) {
            AtomicWrite.write(options.json, JsonMapper.builder().build()
                    .writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        }
    }

    /** The samples of each daemon, in the order of the turns. */
    private Map<CopyMode, Map<String, List<LatencySample>>> measure()
            throws IOException, InterruptedException {
        Map<CopyMode, Map<String, List<LatencySample>>> samples = new LinkedHashMap<>();
        for (CopyMode mode : CopyMode.values()) {
            Map<String, List<LatencySample>> own = new LinkedHashMap<>();
            daemons.forEach(daemon -> own.put(daemon.name(), new ArrayList<>()));
            samples.put(mode, own);
        }
        try (SourceImage source = SourceImage.create(
                scratch.image("latency-source", ImageFormat.RAW), ImageFormat.RAW,
                SourceShape.DENSE, options.bytes())) {
            for (int turn = 0; turn <= options.runs; turn++) {
                // What one mirror leaves behind must not always meet the same daemon.
                Collections.rotate(daemons, 1);
                for (CopyMode mode : CopyMode.values()) {
                    for (LatencyDaemon daemon : daemons) {
                        List<LatencySample> own = samples.get(mode).get(daemon.name());
                        own.add(mirror(daemon, mode, load(turn, own), source));
                    }
                }
            }
        }
        samples.values().forEach(own -> own.values().forEach(List::removeFirst));
        return samples;
    }

    private GuestLoad load(int turn, List<LatencySample> before) {
        long alone = before.isEmpty() ? Math.min(FIRST_ALONE, options.writes)
                : before.getLast().mirrored().writes();
        return new GuestLoad(options.seed + turn, alone, options.writes, options.bytesPerSecond());
    }

    private LatencySample mirror(LatencyDaemon daemon, CopyMode mode, GuestLoad load,
            SourceImage source) throws IOException, InterruptedException {
        Path target = scratch.image("latency-target", ImageFormat.RAW);
        Path directory = Files.createTempDirectory("latency");
        try {
            ImageFormat.RAW.create(target, new ImageModel(source.size()));
            scratch.settle(directory);
            WarmMemory.forCopyOf(source.size());
            LatencySample sample = daemon.measure(mode, load, source, target, directory);
            String what = daemon.name() + ": " + LatencyDaemon.word(mode) + ", seed " + load.seed();
            compare(what + ": source", source.path(), source.model());
            compare(what + ": target", target, source.model());
            if (sample.mirrored().writes() == 0) {
                throw new IOException(what + ": READY before the guest wrote: a larger --size or a "
                        + "lower --speed is needed");
            }
            return sample;
        } finally {
            Files.deleteIfExists(target);
            PathUtils.deleteDirectory(directory);
        }
    }

    /**
     * No figure may come of a wrong copy.
     *
     * @throws IOException if the file does not hold what the model says
     */
    static void compare(String what, Path file, ImageModel model) throws IOException {
        OptionalLong differs = ImageFormat.RAW.firstDifference(file, model);
        if (differs.isPresent()) {
            throw new IOException(what + " is not as written: first at offset "
                    + differs.getAsLong());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.host.Executables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code bench/latency}. */
@Command(name = "bench/latency", sortOptions = false, synopsisHeading = "usage: ",
        customSynopsis = "bench/latency [options]", optionListHeading = "%n",
        description = "Measures how long a guest's writes of 4 KiB take while its disk is mirrored "
                + "by the engine's daemon and by other daemons, in turns, in both copy-modes, and "
                + "prints percentiles side by side.",
        footer = {"", "MIRRORCHECK_SCRATCH=DIR names where the images lie: twice --size.",
            "exit codes: 0 measured, 1 a mirror failed or was wrong, 2 harness or set-up broken"})
final class LatencyOptions {
    private static final long DEFAULT_BYTES = 4L << 30;

    @Option(names = "--qsd", paramLabel = "NAME=PATH",
            description = "a qemu-storage-daemon, under the name that the table calls it by; may "
                    + "be given several times")
    List<String> daemons = new ArrayList<>();

    @Option(names = "--runs", paramLabel = "N", defaultValue = "7",
            description = "turns that count, after one that does not (default: 7)")
    int runs;

    @Option(names = "--size", paramLabel = "SIZE", defaultValue = ImageSize.DEFAULT,
            description = "of the source, all data, such as 1GiB (default: 4GiB)")
    String size;

    @Option(names = "--speed", paramLabel = "SIZE", defaultValue = ImageSize.DEFAULT,
            description = "limit of the job, such as 256MiB each second (default: none)")
    String speed;

    @Option(names = "--writes", paramLabel = "N", defaultValue = "100000",
            description = "most writes of the guest during a mirror: without an end they could "
                    + "keep one in the background from READY for ever (default: 100000)")
    long writes;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "of the guest's offsets and data in the first turn; each other turn's is "
                    + "one more (default: 1)")
    long seed;

    @Option(names = "--json", paramLabel = "FILE",
            description = "also write the figures of every single turn as JSON")
    Path json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this and exit")
    boolean help;

    /**
     * Refuses what cannot be measured, before time is spent on it.
     *
     * @throws IllegalArgumentException naming option and value
     */
    void check() {
        positive("--runs", runs);
        positive("--writes", writes);
        bytes();
        bytesPerSecond();
        programs();
        if (json != null && Files.isDirectory(json)) {
            throw new IllegalArgumentException("--json " + json + ": is a directory");
        }
    }

    private static void positive(String option, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + " " + value + ": must be 1 or more");
        }
    }

    /** The size of the source in bytes. */
    long bytes() {
        return ImageSize.parse("--size", size, DEFAULT_BYTES);
    }

    /** The limit of the job in bytes per second; 0 if there is none. */
    long bytesPerSecond() {
        return ImageSize.parse("--speed", speed, 0);
    }

    /**
     * The named daemons, in the order given.
     *
     * @throws IllegalArgumentException for a name that is missing, taken or not there to be run
     */
    Map<String, Path> programs() {
        Map<String, Path> programs = new LinkedHashMap<>();
        for (String daemon : daemons) {
            int equals = daemon.indexOf('=');
            if (equals < 1 || equals == daemon.length() - 1) {
                throw new IllegalArgumentException("--qsd " + daemon + ": must be NAME=PATH");
            }
            String name = daemon.substring(0, equals);
            Path path = Path.of(daemon.substring(equals + 1)).toAbsolutePath().normalize();
            if (name.equals(Peers.ENGINE) || programs.putIfAbsent(name, path) != null) {
                throw new IllegalArgumentException("--qsd " + daemon + ": name " + name
                        + " is taken");
            }
            if (Executables.find(path.toString(), path.getRoot()).isEmpty()) {
                throw new IllegalArgumentException("--qsd " + daemon + ": "
                        + Executables.notFound(path.toString(), path.getRoot()));
            }
        }
        return programs;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code bench/peers}. */
@Command(name = "bench/peers", sortOptions = false, synopsisHeading = "usage: ",
        customSynopsis = "bench/peers [options] [CASE]...", optionListHeading = "%n",
        description = "Copies the same images with the engine's daemon and with other programs, in "
                + "turns, and prints their times side by side.",
        footer = {"", "MIRRORCHECK_SCRATCH=DIR names where the images lie: up to 8 GiB, 12 "
                + "with --warm.",
            "exit codes: 0 measured, 1 a copy failed or was wrong, 2 harness or set-up broken"})
final class PeerOptions {
    @Parameters(paramLabel = "CASE", arity = "0..*",
            description = "dense, holey, sparse, small-extents, allocated-zeroes, direct, "
                    + "qcow2-source, qcow2-target; "
                    + "all if none is named")
    List<String> cases = new ArrayList<>();

    @Option(names = "--runs", paramLabel = "N", defaultValue = "7",
            description = "turns that count, after one that does not (default: 7)")
    int runs;

    @Option(names = "--size", paramLabel = "SIZE", defaultValue = ImageSize.DEFAULT,
            description = "of the images, such as 1GiB, in place of that of the case")
    String size;

    @Option(names = "--qsd", paramLabel = "NAME=PATH",
            description = "a qemu-storage-daemon, under the name that the table calls it by; may "
                    + "be given several times")
    Map<String, Path> daemons = new TreeMap<>();

    @Option(names = "--adapter", paramLabel = "NAME",
            description = "an implementation of iotests/adapters, or a folder with an adapter.json "
                    + "by a path with a slash in it, as for iotests/check; the table calls it "
                    + "'adapter NAME'; may be given several times")
    List<String> adapters = new ArrayList<>();

    @Option(names = "--warm",
            description = "let each daemon make the same copy once before the one that is timed")
    boolean warm;

    @Option(names = "--counts",
            description = "also count what one more copy of each adapter asks of its target, as "
                    + "far as the suite can see it: both ends are served by it then")
    boolean counts;

    @Option(names = "--qemu-img", paramLabel = "PATH",
            description = "qemu-img (default: the one on the PATH, if there is one)")
    Path qemuImg;

    @Option(names = "--nbdcopy", paramLabel = "PATH",
            description = "nbdcopy (default: the one on the PATH, if there is one)")
    Path nbdcopy;

    @Option(names = "--only", paramLabel = "NAME", split = ",",
            description = "only these programs")
    List<String> only = new ArrayList<>();

    @Option(names = "--json", paramLabel = "FILE",
            description = "also write every single time, in milliseconds, as JSON")
    Path json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this and exit")
    boolean help;
}

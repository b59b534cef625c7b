// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code bench/gate}. */
@Command(name = "bench/gate", sortOptions = false, synopsisHeading = "usage: ",
        customSynopsis = "bench/gate [options]", optionListHeading = "%n",
        description = "Compares the engine's mirrors with the baseline: counts exactly, times as "
                + "ratios to a plain copy beside them.",
        footer = {"", "MIRRORCHECK_SCRATCH=DIR names where the images lie: up to 2 GiB.",
            "exit codes: 0 no worse, 1 worse, 2 harness or set-up broken, 3 there is no baseline"})
final class GateOptions {
    @Option(names = "--full", description = "more forks and turns: 9 minutes, not 2")
    boolean full;

    @Option(names = "--update", description = "make this run the baseline; prints old beside new")
    boolean update;

    @Option(names = "--baseline", paramLabel = "FILE",
            description = "another one than bench/baseline.json")
    Path baseline;

    @Option(names = "--json", paramLabel = "FILE", description = "also write everything as JSON")
    Path json;

    @Option(names = "--html", paramLabel = "FILE",
            description = "also write a page with plots, in one file")
    Path html;

    @Option(names = "--planted", paramLabel = "PART", defaultValue = "0",
            description = "make each mirror so much slower, such as 0.15, to try the gate")
    double planted;

    @Option(names = "--rates", paramLabel = "FILE", arity = "1..*",
            description = "measure nothing: take each of these reports of --json for the baseline "
                    + "of each other, and tell how many pairs are red, as they are and with "
                    + "--planted")
    List<Path> rates = new ArrayList<>();

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this and exit")
    boolean help;
}

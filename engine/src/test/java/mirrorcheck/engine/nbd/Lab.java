// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Programs of others that speak NBD or know image formats, in {@code bin/11.1} of a folder that the system property
 * {@code mirrorcheck.lab} or the variable {@code MIRRORCHECK_LAB} names.
 */
public final class Lab {
    private static final int TIMEOUT_SECONDS = 60;

    private final Path bin;
    private final Path scratch;
    private int runs;

    private Lab(Path bin, Path scratch) {
        this.bin = bin;
        this.scratch = scratch;
    }

    /** Skips the test if the folder or one of the tools is not there. */
    public static Lab with(Path scratch, String... tools) {
        String lab = System.getProperty("mirrorcheck.lab", System.getenv("MIRRORCHECK_LAB"));
        assumeTrue(lab != null, "MIRRORCHECK_LAB is not set: no qemu-img, nbdinfo and others");
        Path bin = Path.of(lab, "bin", "11.1");
        for (String tool : tools) {
            assumeTrue(Files.isExecutable(bin.resolve(tool)), "missing: " + bin.resolve(tool));
        }
        return new Lab(bin, scratch);
    }

    /** Runs a tool that has to succeed, and answers what it printed. */
    public String run(String tool, String... arguments) throws Exception {
        Path output = scratch.resolve("output-" + runs++);
        Process process = start(ProcessBuilder.Redirect.to(output.toFile()), tool, arguments);
        try {
            boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            String printed = Files.readString(output);
            assertEquals(true, ended, tool + " hangs: " + printed);
            assertEquals(0, process.exitValue(), tool + ": " + printed);
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }

    /** Starts a tool that goes on. */
    public Process start(ProcessBuilder.Redirect output, String tool, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(bin.resolve(tool).toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(output).start();
    }
}

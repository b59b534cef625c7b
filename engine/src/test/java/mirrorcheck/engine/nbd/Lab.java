// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Programs of others that speak NBD or QMP: in {@code bin/11.1} of a folder that the system property
 * {@code mirrorcheck.lab} or the variable {@code MIRRORCHECK_LAB} names, else on the PATH.
 */
public final class Lab {
    private static final int TIMEOUT_SECONDS = 60;

    private final Map<String, Path> tools;
    private final Path scratch;
    private int runs;

    private Lab(Map<String, Path> tools, Path scratch) {
        this.tools = tools;
        this.scratch = scratch;
    }

    /** The folder of the lab, or null. */
    public static Path folder() {
        String lab = System.getProperty("mirrorcheck.lab", System.getenv("MIRRORCHECK_LAB"));
        return lab == null ? null : Path.of(lab);
    }

    /** Skips the test if one of the tools is nowhere. */
    public static Lab with(Path scratch, String... names) {
        Map<String, Path> tools = new HashMap<>();
        for (String name : names) {
            Path tool = find(name);
            assumeTrue(tool != null, "neither on the PATH nor in bin/11.1 of MIRRORCHECK_LAB ("
                    + folder() + "): " + name);
            tools.put(name, tool);
        }
        return new Lab(tools, scratch);
    }

    private static Path find(String name) {
        List<Path> folders = new ArrayList<>();
        if (folder() != null) {
            folders.add(folder().resolve("bin").resolve("11.1"));
        }
        for (String each : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            folders.add(Path.of(each));
        }
        return folders.stream().map(folder -> folder.resolve(name)).filter(Files::isExecutable)
                .findFirst().orElse(null);
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
        List<String> command = new ArrayList<>(List.of(tools.get(tool).toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(output).start();
    }
}

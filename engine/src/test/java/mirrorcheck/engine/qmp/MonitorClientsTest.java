// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mirrorcheck.engine.nbd.Lab;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Monitor clients that users have: the Python module {@code qemu.qmp} and its {@code qmp-shell}.
 *
 * <p>Skipped where no Python has the module: neither the one on the PATH nor one in the root of
 * some distribution in the lab, which is run by that root's own loader.
 */
@Timeout(120)
class MonitorClientsTest {
    private static final int SECONDS = 60;

    /** A Python, and the root that it belongs to, or null for that of the host. */
    private record Python(List<String> command, Path root) {
        ProcessBuilder run(String... arguments) {
            List<String> all = new ArrayList<>(command);
            all.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
            if (root != null) {
                builder.environment().put("PYTHONHOME", root.resolve("usr").toString());
                builder.environment().put("PYTHONPATH",
                        root.resolve("usr/lib/python3/dist-packages").toString());
            }
            return builder;
        }

        boolean hasModule() {
            try {
                return run("-c", "import qemu.qmp").start().waitFor() == 0;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @TempDir
    Path directory;
    private Python python;

    @BeforeEach
    void findPython() throws Exception {
        List<Python> pythons = new ArrayList<>(List.of(new Python(List.of("python3"), null)));
        if (Lab.folder() != null && Files.isDirectory(Lab.folder())) {
            try (Stream<Path> roots = Files.list(Lab.folder())) {
                roots.sorted().flatMap(MonitorClientsTest::inRoot).forEach(pythons::add);
            }
        }
        python = pythons.stream().filter(Python::hasModule).findFirst().orElse(null);
        assumeTrue(python != null, "no Python with the module qemu.qmp: neither python3 on the PATH"
                + " nor one in a root in MIRRORCHECK_LAB (" + Lab.folder() + ")");
    }

    private static Stream<Python> inRoot(Path root) {
        Path loader = root.resolve("lib64/ld-linux-x86-64.so.2");
        Path program = root.resolve("usr/bin/python3");
        if (!Files.isExecutable(loader) || !Files.isExecutable(program)) {
            return Stream.empty();
        }
        String libraries = root.resolve("lib/x86_64-linux-gnu") + ":"
                + root.resolve("usr/lib/x86_64-linux-gnu");
        return Stream.of(new Python(List.of(loader.toString(), "--library-path", libraries,
                program.toString()), root));
    }

    private String output(ProcessBuilder builder, String input) throws Exception {
        Path in = Files.writeString(directory.resolve("input"), input);
        Path out = directory.resolve("output");
        Process process = builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).start();
        try {
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), () -> "hangs: " + text(out));
            assertEquals(0, process.exitValue(), () -> text(out));
            return text(out);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aProgramWithTheModuleTakesAMirrorThroughItsLife() throws Exception {
        Path script = directory.resolve("client.py");
        try (InputStream in = MonitorClientsTest.class.getResourceAsStream("client.py")) {
            Files.write(script, in.readAllBytes());
        }
        try (MonitorFixture fixture = new MonitorFixture(directory)) {
            String printed = output(python.run(script.toString(), fixture.socket().toString(),
                    directory.toString()), "");
            assertEquals("""
                    greeting: ['package', 'qemu'] []
                    created: None
                    created: None
                    refused: GenericError Cannot find device='x' nor node-name='x'
                    ready: 4194304 4194304
                    job: j ready True
                    nodes: 5 ['file', 'mirror_top', 'raw']
                    exports: []
                    stats: 5
                    jobs: []
                    disconnected
                    """, printed);
            fixture.daemon.awaitQuit();
        }
    }

    @Test
    void theShellSendsWhatIsTyped() throws Exception {
        try (MonitorFixture fixture = new MonitorFixture(directory)) {
            String printed = output(python.run("-c", "import qemu.qmp.qmp_shell as s; s.main()",
                    fixture.socket().toString()), """
                    blockdev-add driver=null-co node-name=src size=1048576
                    blockdev-add driver=null-co node-name=dst size=1048576
                    blockdev-mirror job-id=j device=src target=dst sync=full
                    query-block-exports
                    no-such-command
                    quit
                    """);
            List<String> lines = Arrays.stream(printed.split("\n")).toList();
            assertTrue(printed.contains("Connected to QEMU"), printed);
            assertEquals(5, lines.stream().filter(line -> line.contains("\"return\": ")).count(),
                    printed);
            assertTrue(printed.contains("The command no-such-command has not been found"),
                    printed);
            fixture.daemon.awaitQuit();
        }
    }
}

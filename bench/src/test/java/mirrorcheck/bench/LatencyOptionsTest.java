// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What users ask of bench/latency, and what they are told when it cannot be. */
class LatencyOptionsTest {
    private static LatencyOptions parse(String... args) {
        LatencyOptions options = new LatencyOptions();
        new CommandLine(options).parseArgs(args);
        return options;
    }

    private static String refusal(String... args) {
        return assertThrows(IllegalArgumentException.class, () -> parse(args).check()).getMessage();
    }

    private static Path program(Path path) throws IOException {
        Files.createFile(path);
        assertTrue(path.toFile().setExecutable(true));
        return path;
    }

    @Test
    void theDefaultsCanBeMeasured() {
        LatencyOptions options = parse();
        options.check();

        assertEquals(4L << 30, options.bytes());
        assertEquals(0, options.bytesPerSecond());
        assertEquals(7, options.runs);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --runs=0 | --runs 0: must be 1 or more
            --writes=-3 | --writes -3: must be 1 or more
            --size=4G | --size=4G: not a size: write a number and MiB, GiB or TiB, such as 4GiB
            --speed=fast | --speed=fast: not a size: write a number and MiB, GiB or TiB, such as 4GiB
            --qsd=qemu | --qsd qemu: must be NAME=PATH
            --qsd==/bin/true | --qsd =/bin/true: must be NAME=PATH
            --qsd=qemu= | --qsd qemu=: must be NAME=PATH
            --json=/ | --json /: is a directory
            """)
    void otherValuesAreRefused(String argument, String message) {
        assertEquals(message, refusal(argument));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --runs=many | Invalid value for option '--runs': 'many' is not an int
            --sizes=1GiB | Unknown option: '--sizes=1GiB'
            dense | Unmatched argument at index 0: 'dense'
            """)
    void otherWordsAreRefused(String argument, String message) {
        assertEquals(message,
                assertThrows(ParameterException.class, () -> parse(argument)).getMessage());
    }

    @Test
    void daemonsKeepTheirOrder(@TempDir Path dir) throws IOException {
        Path program = program(dir.resolve("a=b"));
        LatencyOptions options = parse("--qsd", "new=" + program, "--qsd", "main=" + program);

        assertEquals(List.of("new", "main"), List.copyOf(options.programs().keySet()));
        assertEquals(program.toAbsolutePath(), options.programs().get("main"));
    }

    @Test
    void aNameIsGivenOnce(@TempDir Path dir) throws IOException {
        Path program = program(dir.resolve("daemon"));
        String again = "a=" + program;

        assertEquals("--qsd " + again + ": name a is taken",
                refusal("--qsd", again, "--qsd", again));
        assertEquals("--qsd engine=" + program + ": name engine is taken",
                refusal("--qsd", "engine=" + program));
    }

    @Test
    void aProgramMustBeThereAndExecutable(@TempDir Path dir) throws IOException {
        Path gone = dir.resolve("gone");
        assertEquals("--qsd a=" + gone + ": " + gone + ": no such program",
                refusal("--qsd", "a=" + gone));
        Path text = Files.createFile(dir.resolve("text"));
        assertEquals("--qsd a=" + text + ": " + text + ": not executable: chmod +x it",
                refusal("--qsd", "a=" + text));
    }
}

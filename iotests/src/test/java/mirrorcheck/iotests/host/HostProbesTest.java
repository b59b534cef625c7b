// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the probes find on file systems that lie, and on the one at hand. */
class HostProbesTest {
    @Test
    void anHonestHostLacksNothing() throws IOException {
        LyingFiles files = new LyingFiles();
        HostFacts facts = new HostProbes(files).run();
        assertEquals(List.of(), facts.lines());
        assertEquals(4096, facts.step());
        assertEquals(0, files.open, "files are closed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NO_HOLES               | SPARSE_FILES | a file with 1 MiB of data in 4 MiB has 4194304 bytes allocated
            COMPRESSES             | SPARSE_FILES | 1 MiB of data has 0 bytes allocated: compressed, or not counted at once
            ZEROES_BECOME_HOLES    | SPARSE_FILES | 1 MiB of written zeroes has 0 bytes allocated
            PUNCH_FREES_NOTHING    | PUNCH_HOLE   | 512 KiB punched, 0 bytes freed
            PUNCH_KEEPS_DATA       | PUNCH_HOLE   | the range does not read as zero, or more than the range does
            ZERO_RANGE_FREES       | ZERO_RANGE   | 1.5 MiB should be allocated, 524288 bytes are
            FALLOCATE_DOES_NOTHING | FALLOC       | 1 MiB asked for, 0 bytes allocated
            SEEK_SEES_NO_HOLES     | SEEK_HOLE    | data is at 1 MiB to 2 MiB of 4 MiB; found at 0 to 4194304
            DIRECT_READS_STALE     | O_DIRECT     | 4 KiB written and read again differ
            """)
    void aLieIsFound(LyingFiles.Lie lie, HostWord word, String reason) throws IOException {
        assertEquals(reason, new HostProbes(new LyingFiles(lie)).run().missing().get(word));
    }

    @Test
    void whatTheHostRefusesIsMissingWithItsText() throws IOException {
        LyingFiles files = new LyingFiles();
        files.refusedDirect = Errno.EINVAL;
        HostFacts facts = new HostProbes(files).run();
        assertEquals(Map.of(HostWord.O_DIRECT, "Invalid argument"), facts.missing());
        assertEquals(List.of("no host:o-direct: Invalid argument"), facts.lines());
    }

    @Test
    void aHostThatCannotBeWrittenIsNotProbed() {
        LyingFiles files = new LyingFiles();
        files.refused = Errno.ENOSPC;
        IOException e = assertThrows(IOException.class, () -> new HostProbes(files).run());
        assertEquals("No space left on device", e.getMessage());
        assertEquals(0, files.open, "files are closed");
    }

    @Test
    void largeStepsAndLittleSpaceAreNoted() throws IOException {
        LyingFiles files = new LyingFiles(128 * 1024);
        files.free = 100L << 20;
        assertEquals(List.of("allocates in steps of 131072 bytes",
                "only 100 MiB free, tests may need 512 MiB"),
                new HostProbes(files).run().lines());
    }

    @Test
    void theHostAtHandIsProbedAndNothingIsLeft(@TempDir Path directory) throws IOException {
        HostFacts facts = HostProbes.probe(directory);
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(), left.toList());
        }
        assertTrue(facts.free() > 0);
        facts.missing().values().forEach(reason -> assertTrue(!reason.isBlank()));
    }

    @Test
    void aDirectoryThatIsGone(@TempDir Path directory) {
        assertThrows(IOException.class, () -> HostProbes.probe(directory.resolve("gone")));
    }
}

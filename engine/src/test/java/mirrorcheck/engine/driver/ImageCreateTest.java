// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.HostFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ImageCreateTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;
    private Path path;

    @BeforeEach
    void name() {
        path = directory.resolve("image");
    }

    private long allocatedBytes() throws Exception {
        try (HostFile file = HostFile.open(path)) {
            return file.allocatedBytes();
        }
    }

    @ParameterizedTest
    @CsvSource({"OFF, 4096", "FALLOC, 20971520", "FULL, 20971520"})
    void allocatesWhatThePreallocationSays(Preallocation preallocation, long expected)
            throws Exception {
        ImageCreate.raw(path, 20 * MIB, preallocation);
        assertArrayEquals(new byte[20 * MIB], Files.readAllBytes(path));
        assertTrue(Math.abs(expected - allocatedBytes()) <= 8192, "allocated " + allocatedBytes());
    }

    @ParameterizedTest
    @EnumSource(Preallocation.class)
    void takesAnySize(Preallocation preallocation) throws Exception {
        for (long size : new long[] {0, 1, 511, 1000, 65_535}) {
            ImageCreate.raw(path, size, preallocation);
            assertArrayEquals(new byte[(int) size], Files.readAllBytes(path), "size " + size);
        }
    }

    @ParameterizedTest
    @EnumSource(Preallocation.class)
    void existingFileIsMadeAnew(Preallocation preallocation) throws Exception {
        Files.write(path, BlockNodeContract.pattern(3 * MIB, 1));
        ImageCreate.raw(path, MIB, preallocation);
        assertArrayEquals(new byte[MIB], Files.readAllBytes(path));
    }

    @Test
    void saysWhyItCannotBeCreated() {
        Path nowhere = directory.resolve("nodir/new");
        assertFails(Errno.ENOENT, "Could not create '" + nowhere + "': No such file or directory",
                nowhere, 512);
        assertFails(Errno.EISDIR, "Could not create '" + directory + "': Is a directory", directory,
                512);
        assertFails(Errno.EINVAL, "Could not resize file: Invalid argument", path, -1);
        assertFalse(Files.exists(path), "left a file behind");
    }

    /**
     * On tmpfs, which refuses at once what it can never hold; a disk would be filled to the last
     * block first, under everything else that writes to it.
     */
    @Test
    void fileThatCannotBeAllocatedIsRemovedIfItWasNew() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory)
                && Files.getFileStore(memory).type().equals("tmpfs"), "no tmpfs here");
        Path folder = Files.createTempDirectory(memory, "mirrorcheck");
        try {
            refuseTooMuch(folder.resolve("image"), memory.toFile().getTotalSpace() * 2);
        } finally {
            Files.deleteIfExists(folder.resolve("image"));
            Files.delete(folder);
        }
    }

    private static void refuseTooMuch(Path path, long tooMuch) throws Exception {
        BlockException e = assertThrows(BlockException.class,
                () -> ImageCreate.raw(path, tooMuch, Preallocation.FALLOC));
        assertEquals("Could not preallocate data for the new file: " + e.errno().text(),
                e.getMessage());
        assertFalse(Files.exists(path), "left a file behind");
        Files.createFile(path);
        assertThrows(BlockException.class,
                () -> ImageCreate.raw(path, tooMuch, Preallocation.FALLOC));
        assertTrue(Files.exists(path), "removed a file it did not make");
    }

    private static void assertFails(Errno errno, String message, Path path, long size) {
        BlockException e = assertThrows(BlockException.class,
                () -> ImageCreate.raw(path, size, Preallocation.OFF));
        assertEquals(message, e.getMessage());
        assertEquals(errno, e.errno());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNodeTest extends FileNodeContract {
    @TempDir
    Path directory;

    @Override
    Path directory() {
        return directory;
    }

    @Override
    BlockNode openFile(Path file, NodeOptions options) throws IOException {
        return FileNode.open(file, options, false);
    }

    @Test
    void saysWhyAFileCannotBeOpened() throws Exception {
        Path missing = directory.resolve("missing");
        assertOpenFails(missing, PLAIN, Errno.ENOENT, "No such file or directory");
        assertOpenFails(missing.resolve("x"), PLAIN, Errno.ENOENT, "No such file or directory");
        assertOpenFails(directory, PLAIN, Errno.EISDIR, "Is a directory");
        assertOpenFails(directory, PLAIN.withReadOnly(true), Errno.EISDIR, "Is a directory");
        Path file = Files.createFile(directory.resolve("file"));
        assertOpenFails(file.resolve("x"), PLAIN, Errno.ENOTDIR, "Not a directory");
        Path tooLong = directory.resolve("n".repeat(300));
        assertOpenFails(tooLong, PLAIN, Errno.ENAMETOOLONG, "File name too long");
    }

    private static void assertOpenFails(Path path, NodeOptions options, Errno errno,
            String reason) {
        BlockException e = assertThrows(BlockException.class,
                () -> FileNode.open(path, options, false));
        assertEquals("Could not open '" + path + "': " + reason, e.getMessage());
        assertEquals(errno, e.errno());
    }

    @Test
    void allocatedBytesAreThoseOfTheHost() throws Exception {
        try (FileNode node = (FileNode) createNode(UNMAP, LENGTH)) {
            node.writeZeroes(START, BYTES, WriteFlag.NONE);
            assertEquals(allocatedBytes(), node.allocatedBytes());
        }
    }
}

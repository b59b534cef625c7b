// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** On a file system that punches holes but refuses to zero ranges; skipped where there is none. */
class TmpfsFileNodeTest extends FileNodeContract {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        assumeTrue(Files.isWritable(SHARED_MEMORY)
                && Files.getFileStore(SHARED_MEMORY).type().equals("tmpfs"), "no tmpfs here");
        directory = Files.createTempDirectory(SHARED_MEMORY, "mirrorcheck");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        if (directory == null) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Override
    Path directory() {
        return directory;
    }

    @Override
    BlockNode openFile(Path file, NodeOptions options) throws IOException {
        return FileNode.open(file, options, false);
    }
}

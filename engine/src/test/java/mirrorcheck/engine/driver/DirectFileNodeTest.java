// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.HostException;
import mirrorcheck.engine.host.HostFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code cache.direct}; skipped where the file system has no O_DIRECT. */
class DirectFileNodeTest extends FileNodeContract {
    @TempDir
    Path directory;

    @BeforeEach
    void tryDirect() throws IOException {
        Path probe = Files.createFile(directory.resolve("probe"));
        boolean supported = true;
        try (HostFile file = HostFile.open(probe, HostFile.Option.DIRECT)) {
            file.size();
        } catch (HostException e) {
            supported = e.errno() != Errno.EINVAL;
        }
        assumeTrue(supported, "the file system has no O_DIRECT");
    }

    @Override
    Path directory() {
        return directory;
    }

    @Override
    BlockNode openFile(Path file, NodeOptions options) throws IOException {
        return FileNode.open(file, options, true);
    }

    @Test
    void alignmentIsTriedOutWhereThereIsDataAndSafeWhereThereIsNone() throws Exception {
        assertEquals(4096, open(PLAIN, 0).limits().requestAlignment());
        Path image = directory.resolve("data");
        Files.write(image, pattern(8192, 1));
        try (BlockNode node = openFile(image, PLAIN)) {
            int alignment = node.limits().requestAlignment();
            assertTrue(alignment == 512 || alignment == 4096, "alignment " + alignment);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.io.IOException;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import org.junit.jupiter.api.io.TempDir;

class RawNodeTest extends FileNodeContract {
    @TempDir
    Path directory;

    @Override
    Path directory() {
        return directory;
    }

    @Override
    BlockNode openFile(Path file, NodeOptions options) throws IOException {
        return DriverRegistry.open(file, options, false);
    }
}

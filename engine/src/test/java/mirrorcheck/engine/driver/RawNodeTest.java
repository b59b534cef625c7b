// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.io.IOException;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import org.junit.jupiter.api.io.TempDir;

class RawNodeTest extends FileNodeContract {
    @TempDir
    Path directory;

    @Override
    Path directory() {
        return directory;
    }

    /** A raw node over a file node that it owns. */
    static RawNode openRaw(Path file, NodeOptions options) throws IOException {
        NodeOptions below = FilterNode.transparent("file").withReadOnly(options.readOnly());
        return new RawNode(options, FileNode.open(file, below, false), true);
    }

    @Override
    BlockNode openFile(Path file, NodeOptions options) throws IOException {
        return openRaw(file, options);
    }
}

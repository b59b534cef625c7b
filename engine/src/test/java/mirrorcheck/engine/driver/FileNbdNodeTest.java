// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.SocketAddress;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;

/** Real files, over TCP. */
class FileNbdNodeTest extends NbdNodeContract {
    private FileNode node;
    private int created;

    @Override
    SocketAddress listenAddress() {
        return loopback();
    }

    @Override
    BlockNode below(NodeOptions options, long bytes) throws IOException {
        Path path = directory.resolve("image-" + created++);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
        node = FileNode.open(path, options, false);
        return node;
    }

    @Override
    protected long allocatedBytes() throws BlockException {
        return node.allocatedBytes();
    }
}

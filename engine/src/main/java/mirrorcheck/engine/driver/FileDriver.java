// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.nio.file.Path;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.NodeOptions;

/** Opens files of the host by options: driver {@code file}. */
final class FileDriver {
    private FileDriver() {
    }

    static FileNode open(Opening opening) throws BlockException {
        Options options = opening.options();
        String filename = options.string("filename");
        if (filename.isEmpty()) {
            throw BlockException.refused("The 'file' block driver requires a file name");
        }
        if (options.string("aio", "threads").equals("native") && !opening.direct()) {
            throw BlockException.refused("aio=native was specified, but it requires "
                    + "cache.direct=on, which was not specified.");
        }
        Path path = HostPath.of(filename);
        NodeOptions node = opening.node();
        try {
            return FileNode.open(path, node, opening.direct());
        } catch (BlockException e) {
            if (node.readOnly() || !options.bool("auto-read-only", false) || !isDenied(e)) {
                throw e;
            }
            return FileNode.open(path, node.withReadOnly(true), opening.direct());
        }
    }

    private static boolean isDenied(BlockException e) {
        return switch (e.errno()) {
            case EACCES, EPERM, EROFS -> true;
            default -> false;
        };
    }
}

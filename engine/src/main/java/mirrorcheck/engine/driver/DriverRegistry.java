// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;

/** The list of the drivers, and the ways to open a node. */
public final class DriverRegistry {
    private static final AtomicInteger GENERATED = new AtomicInteger();

    private DriverRegistry() {
    }

    /**
     * Opens a raw image: a {@code raw} node over a {@code file} node that it owns.
     *
     * @param options of the raw node; the file node takes over read-only and no-flush, and lets discards through
     * @param direct  {@code cache.direct} of the file node
     * @throws BlockException as {@link FileNode#open}
     */
    public static RawNode open(Path path, NodeOptions options, boolean direct) throws BlockException {
        BlockNode file = FileNode.open(path, childOptions(options), direct);
        try {
            return new RawNode(options, file, true);
        } catch (BlockException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** What a child that was given no options of its own takes from its parent. */
    private static NodeOptions childOptions(NodeOptions parent) {
        return FilterNode.transparent(generatedName()).withReadOnly(parent.readOnly()).withNoFlush(parent.noFlush());
    }

    /** A node name that no user can give. */
    private static String generatedName() {
        return String.format("#block%03d", GENERATED.getAndIncrement());
    }
}

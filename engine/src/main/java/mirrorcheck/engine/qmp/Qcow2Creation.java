// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.util.Locale;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.qcow2.CreateOptions;
import mirrorcheck.engine.driver.qcow2.Qcow2Create;
import mirrorcheck.engine.driver.qcow2.Qcow2Preallocation;
import mirrorcheck.engine.qmp.schema.Arguments;

/** What {@code blockdev-create} with driver {@code qcow2} asks for, on nodes that are open. */
final class Qcow2Creation {
    private static final int MAX_CLUSTER_SIZE = 2 << 20;
    private static final int MAX_REFCOUNT_BITS = 64;

    private final Graph graph;
    private final Arguments options;

    Qcow2Creation(Graph graph, Arguments options) {
        this.graph = graph;
        this.options = options;
    }

    /** Creates the image; the text of an error is what a client reads. */
    void run() throws BlockException {
        CreateOptions wanted = wanted();
        if (options.bool("data-file-raw", false) && !options.has("data-file")) {
            throw BlockException.refused("data-file-raw requires data-file");
        }
        wanted.checked();
        BlockNode data = options.has("data-file") ? node("data-file") : null;
        Qcow2Create.create(node("file"), data, wanted);
    }

    private CreateOptions wanted() throws BlockException {
        return new CreateOptions(options.integer("size", 0),
                options.string("version", "v3").equals("v2") ? 2 : 3,
                small("cluster-size", CreateOptions.DEFAULT_CLUSTER_SIZE, MAX_CLUSTER_SIZE),
                small("refcount-bits", 16, MAX_REFCOUNT_BITS),
                options.bool("extended-l2", false), options.bool("lazy-refcounts", false),
                options.string("backing-file"), options.string("backing-fmt"), dataFileName(),
                options.bool("data-file-raw", false),
                options.string("compression-type", "zlib").equals("zstd"),
                Qcow2Preallocation.valueOf(
                        options.string("preallocation", "off").toUpperCase(Locale.ROOT)));
    }

    /** Numbers that are too large become 0, which is refused as they are. */
    private int small(String name, int otherwise, int most) {
        long value = options.integer(name, otherwise);
        return value < 0 || value > most ? 0 : (int) value;
    }

    /** The name that stands in the header: that of the file, if the node is one. */
    private String dataFileName() throws BlockException {
        if (!options.has("data-file")) {
            return null;
        }
        BlockNode node = node("data-file");
        while (!node.children().isEmpty()) {
            node = node.children().getFirst();
        }
        if (!(node instanceof FileNode file)) {
            throw BlockException.refused("data-file '" + options.string("data-file")
                    + "': must be a file, for its name to stand in the header");
        }
        return file.path().toString();
    }

    private BlockNode node(String member) throws BlockException {
        String name = options.string(member);
        if (name == null) {
            throw BlockException.refused(
                    "'" + member + "' must be the node-name of an open node");
        }
        BlockNode node = graph.node(name);
        graph.checkUnblocked(node);
        if (graph.isUsed(node)) {
            throw BlockException.refused(Graph.permissionConflict(name, "resize"));
        }
        return node;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.ArrayList;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.driver.Opening.Child;
import mirrorcheck.engine.driver.qcow2.Qcow2Chain;
import mirrorcheck.engine.driver.qcow2.Qcow2Node;

/**
 * Opens {@code qcow2} nodes. What options do not say of the backing file and the external data
 * file, the header of the image says; nodes that come this way have no name that others could use.
 */
final class Qcow2Driver {
    private Qcow2Driver() {
    }

    static BlockNode open(Opening opening) throws BlockException {
        List<BlockNode> owned = new ArrayList<>();
        List<BlockNode> found = new ArrayList<>();
        for (Child child : opening.children().values()) {
            if (child.owned()) {
                owned.add(child.node());
            }
        }
        BlockNode file = opening.child("file").node();
        try {
            BlockNode data = node(opening, "data-file");
            if (data == null && fileNode(file) != null) {
                data = Qcow2Chain.openDataFile(file, opening.node().readOnly(),
                        opening.direct(), opening.node().noFlush());
                addTo(found, data);
            }
            BlockNode backing = node(opening, "backing");
            if (backing == null && !opening.options().has("backing") && fileNode(file) != null) {
                backing = Qcow2Chain.openBacking(fileNode(file).path(), file,
                        opening.direct(), opening.node().noFlush());
                addTo(found, backing);
            }
            owned.addAll(found);
            return Qcow2Node.open(opening.node(),
                    new Qcow2Node.Children(file, data, backing, owned));
        } catch (BlockException | RuntimeException e) {
            for (BlockNode node : found) {
                node.close();
            }
            throw e;
        }
    }

    private static BlockNode node(Opening opening, String member) {
        Child child = opening.child(member);
        return child == null ? null : child.node();
    }

    private static void addTo(List<BlockNode> found, BlockNode node) {
        if (node != null) {
            found.add(node);
        }
    }

    /** The file below the filters, whose place names in the header are relative to; or null. */
    private static FileNode fileNode(BlockNode node) {
        BlockNode bottom = node;
        while (!bottom.children().isEmpty()) {
            bottom = bottom.children().getFirst();
        }
        return bottom instanceof FileNode file ? file : null;
    }
}

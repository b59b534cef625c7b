// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.Map;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;

/**
 * What a driver opens a node from.
 *
 * @param options  all that was given, the driver's own options among it
 * @param node     what every node has, with what it takes over from its parent
 * @param direct   {@code cache.direct}
 * @param children the children that are there, by the options that say what they are
 */
public record Opening(Options options, NodeOptions node, boolean direct,
        Map<String, Child> children) {
    /**
     * A node below.
     *
     * @param owned whether it was opened for its parent, and is to be closed by it
     */
    public record Child(BlockNode node, boolean owned) {
    }

    /** The child that {@code member} says, or null for none. */
    public Child child(String member) {
        return children.get(member);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mirrorcheck.engine.block.BlockNode;

/**
 * An open node, and how it came about.
 *
 * @param options  as they were given
 * @param direct   {@code cache.direct}
 * @param children the nodes below, by the options that say what they are
 * @param owned    those of the children that were opened for it, and are closed with it
 */
public record OpenedNode(BlockNode node, Driver driver, Options options, boolean direct,
        Map<String, BlockNode> children, List<OpenedNode> owned) {
    /** This node and those that were opened for it, parents first. */
    public Stream<OpenedNode> all() {
        return Stream.concat(Stream.of(this), owned.stream().flatMap(OpenedNode::all));
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import mirrorcheck.engine.block.BlockNode;

/** Finds the nodes that options name. */
@FunctionalInterface
public interface NodeLookup {
    /** A graph without nodes. */
    NodeLookup NONE = name -> null;

    /** The node of this name, or null if there is none. */
    BlockNode find(String nodeName);
}

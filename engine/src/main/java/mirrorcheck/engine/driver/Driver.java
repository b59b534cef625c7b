// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;

/**
 * A kind of block node.
 *
 * @param name         what option {@code driver} says
 * @param childMembers the options that say what its children are, each the name of a node, the
 *         options of one to be opened, or null for none; children are opened in this order
 * @param opener       opens a node when its children are open
 */
public record Driver(String name, List<String> childMembers, Opener opener) {
    /** Opens a node. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Opens a node.
         *
         * @throws BlockException with the text a client of QEMU knows; nothing stays open but the
         *         children, which are left to the caller
         */
        BlockNode open(Opening opening) throws BlockException;
    }

    /** A driver of nodes without children. */
    public static Driver leaf(String name, Opener opener) {
        return new Driver(name, List.of(), opener);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.PassThroughNode;

/**
 * The format node of an image without a format: driver {@code raw}. What its child holds is the
 * image, byte for byte, and all of it counts as allocated.
 */
public final class RawNode extends PassThroughNode {
    /**
     * @param file      the child; it should be opened with {@code discard=unmap}, so that this
     *                  node's options decide
     * @param ownsChild whether to close the child when this node is closed
     * @throws BlockException EINVAL for options that no node may have; the child is untouched
     */
    public RawNode(NodeOptions options, BlockNode file, boolean ownsChild) throws BlockException {
        super(options, file, ownsChild);
    }
}

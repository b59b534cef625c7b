// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

/**
 * A node with one child and the same visible data. This one passes everything through; others
 * override the hooks they care about and call {@code super} to pass on.
 *
 * <p>Opened with {@link #transparent} options a filter only passes on; with others, those act
 * first.
 */
public class FilterNode extends PassThroughNode {
    /**
     * Puts a filter above a node.
     *
     * @param ownsChild whether to close the child when this node is closed
     * @throws BlockException EINVAL for options that no node may have; the child is untouched
     */
    public FilterNode(NodeOptions options, BlockNode child, boolean ownsChild)
            throws BlockException {
        super(options, child, ownsChild);
    }

    /**
     * Options with which a filter changes nothing: {@code discard=unmap}, so that the permission
     * passes down.
     */
    public static NodeOptions transparent(String nodeName) {
        return NodeOptions.named(nodeName).withDiscard(Discard.UNMAP);
    }
}

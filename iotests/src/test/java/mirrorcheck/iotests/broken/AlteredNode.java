// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.iotests.ends.ForwardingNode;

/** A node in the place of another, that does one thing differently. */
class AlteredNode extends ForwardingNode {
    AlteredNode(BlockNode node) {
        super(node);
    }

    /** Whether the calling thread is one of the job's own, not a guest's. */
    static boolean isJobs() {
        return Thread.currentThread().getName().startsWith("mirror-");
    }

    /** What lies below the node whose place this takes. */
    final BlockNode below() {
        return children().getFirst();
    }
}

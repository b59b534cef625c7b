// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.nbd.ExportOptions;

/** A server that wants whole blocks of 4096 bytes, and few at a time. */
class AlignedNbdNodeTest extends NbdNodeContract {
    @Override
    ExportOptions exportOptions() {
        return ExportOptions.ALL.withBlockSizes(4096, 4096, 64 << 10);
    }

    @Override
    BlockNode below(NodeOptions options, long bytes) throws BlockException {
        return new MemoryNode(options, bytes);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.host.Buffers;
import mirrorcheck.iotests.image.Cell;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Pattern;
import mirrorcheck.iotests.image.RangeMap.Run;

/** Reads a node back and compares every byte with what the model says it must be. */
final class NodeContent {
    private final BlockNode node;
    private final MemorySegment buffer;

    private NodeContent(BlockNode node, MemorySegment buffer) {
        this.node = node;
        this.buffer = buffer;
    }

    /**
     * The first byte that is not as the model says, over the longer of both. What the node calls
     * zero is believed where zero is expected, so that terabytes of nothing are not read.
     */
    static OptionalLong firstDifference(BlockNode node, ImageModel model) throws BlockException {
        if (node.length() != model.size()) {
            return OptionalLong.of(Math.min(node.length(), model.size()));
        }
        MemorySegment buffer = Buffers.take();
        try {
            return new NodeContent(node, buffer).compare(model);
        } finally {
            Buffers.give(buffer);
        }
    }

    private OptionalLong compare(ImageModel model) throws BlockException {
        for (Run<Cell> run : model.cells()) {
            for (long at = run.offset(); at < run.end();) {
                long known = run.value().readsZero() ? knownZero(at, run.end()) : 0;
                long part = known > 0 ? known : Math.min(buffer.byteSize(), run.end() - at);
                long agree = known > 0 ? known : agree(at, part, run.value());
                if (agree < part) {
                    return OptionalLong.of(at + agree);
                }
                at += part;
            }
        }
        return OptionalLong.empty();
    }

    private long knownZero(long offset, long end) throws BlockException {
        Extent extent = node.blockStatus(offset, end - offset);
        return extent.status().zero() ? extent.bytes() : 0;
    }

    private int agree(long offset, long bytes, Cell cell) throws BlockException {
        MemorySegment into = buffer.asSlice(0, bytes);
        node.read(offset, into);
        ByteBuffer found = into.asByteBuffer();
        return cell.readsZero() ? Pattern.agreeZero(found)
                : Pattern.agree(found, offset, cell.pattern());
    }
}

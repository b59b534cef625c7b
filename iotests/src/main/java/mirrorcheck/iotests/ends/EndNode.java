// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.iotests.ends.Request.Kind;

/**
 * What an end shows to whoever opens it: a {@link RecordingNode}, with two weaknesses of real
 * devices that nodes of the engine make up for. A zero write that the device cannot do is refused
 * to the caller, who has to send zero bytes in its place; and a device may not know its block
 * status, so that all of it counts as data.
 */
final class EndNode implements BlockNode {
    private final RecordingNode node;
    private final RequestLog log;
    private final Gate gate;
    private final boolean knowsStatus;

    EndNode(RecordingNode node, RequestLog log, Gate gate, boolean knowsStatus) {
        this.node = node;
        this.log = log;
        this.gate = gate;
        this.knowsStatus = knowsStatus;
    }

    @Override
    public NodeOptions options() {
        return node.options();
    }

    @Override
    public long length() {
        return node.length();
    }

    @Override
    public Limits limits() {
        return node.limits();
    }

    @Override
    public List<BlockNode> children() {
        return List.of(node);
    }

    @Override
    public void read(long offset, MemorySegment into) throws BlockException {
        node.read(offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        node.write(offset, from, flags);
    }

    @Override
    public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException {
        Request request = new Request(flags.contains(WriteFlag.MAY_UNMAP)
                ? Kind.WRITE_ZEROES_UNMAP : Kind.WRITE_ZEROES, offset, bytes);
        Errno refusal = gate.refusal(request);
        if (refusal != null) {
            log.add(request);
            throw new BlockException(refusal, nodeName() + ": " + request.kind().word() + " at "
                    + offset + ": refused by the gate");
        }
        node.writeZeroes(offset, bytes, flags);
    }

    @Override
    public void discard(long offset, long bytes) throws BlockException {
        node.discard(offset, bytes);
    }

    @Override
    public void flush() throws BlockException {
        node.flush();
    }

    @Override
    public Extent blockStatus(long offset, long bytes) throws BlockException {
        Extent known = node.blockStatus(offset, bytes);
        return knowsStatus ? known
                : new Extent(offset, Math.min(bytes, length() - offset), BlockStatus.DATA);
    }

    @Override
    public Extent allocatedInTop(long offset, long bytes) throws BlockException {
        return knowsStatus ? node.allocatedInTop(offset, bytes) : blockStatus(offset, bytes);
    }

    @Override
    public void close() throws BlockException {
        node.close();
    }
}

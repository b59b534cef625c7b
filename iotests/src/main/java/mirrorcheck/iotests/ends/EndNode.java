// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.iotests.ends.Request.Kind;

/**
 * What an end shows to whoever opens it: a {@link RecordingNode}, with two weaknesses of real
 * devices that nodes of the engine make up for. A zero write that the device cannot do is refused
 * to the caller, who has to send zero bytes in its place; and a device may not know its block
 * status, so that all of it counts as data.
 */
final class EndNode extends ForwardingNode {
    private final RequestLog log;
    private final Gate gate;
    private final boolean knowsStatus;

    EndNode(RecordingNode node, RequestLog log, Gate gate, boolean knowsStatus) {
        super(node);
        this.log = log;
        this.gate = gate;
        this.knowsStatus = knowsStatus;
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
        super.writeZeroes(offset, bytes, flags);
    }

    @Override
    public Extent blockStatus(long offset, long bytes) throws BlockException {
        Extent known = super.blockStatus(offset, bytes);
        return knowsStatus ? known
                : new Extent(offset, Math.min(bytes, length() - offset), BlockStatus.DATA);
    }

    @Override
    public Extent allocatedInTop(long offset, long bytes) throws BlockException {
        return knowsStatus ? super.allocatedInTop(offset, bytes) : blockStatus(offset, bytes);
    }
}

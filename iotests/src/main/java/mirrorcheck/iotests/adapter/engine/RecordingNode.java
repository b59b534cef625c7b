// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.iotests.ends.Gate;
import mirrorcheck.iotests.ends.Request;
import mirrorcheck.iotests.ends.Request.Kind;
import mirrorcheck.iotests.ends.RequestLog;

/**
 * The suite's own end of a copy, in process: stands directly above the file, writes down every request that comes so far,
 * and lets the gate hold or fail it. What was held is written down when it arrives, not when it goes on.
 */
final class RecordingNode extends FilterNode {
    private final RequestLog log;
    private final Gate gate;
    private final Runnable progress;

    RecordingNode(String nodeName, BlockNode file, RequestLog log, Gate gate, Runnable progress)
            throws BlockException {
        super(transparent(nodeName), file, true);
        this.log = log;
        this.gate = gate;
        this.progress = progress;
    }

    @Override
    protected void doRead(long offset, MemorySegment into) throws BlockException {
        pass(Kind.READ, offset, into.byteSize());
        super.doRead(offset, into);
    }

    @Override
    protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags) throws BlockException {
        pass(Kind.WRITE, offset, from.byteSize());
        super.doWrite(offset, from, flags);
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags) throws BlockException {
        pass(flags.contains(WriteFlag.MAY_UNMAP) ? Kind.WRITE_ZEROES_UNMAP : Kind.WRITE_ZEROES, offset, bytes);
        super.doWriteZeroes(offset, bytes, flags);
    }

    @Override
    protected void doDiscard(long offset, long bytes) throws BlockException {
        pass(Kind.DISCARD, offset, bytes);
        super.doDiscard(offset, bytes);
    }

    @Override
    protected void doFlush() throws BlockException {
        pass(Kind.FLUSH, 0, 0);
        super.doFlush();
    }

    @Override
    protected Extent doBlockStatus(long offset, long bytes) throws BlockException {
        pass(Kind.BLOCK_STATUS, offset, bytes);
        return super.doBlockStatus(offset, bytes);
    }

    private void pass(Kind kind, long offset, long bytes) throws BlockException {
        Request request = new Request(kind, offset, bytes);
        log.add(request);
        progress.run();
        Errno errno;
        try {
            errno = gate.enter(request);
        } catch (IOException e) {
            throw new BlockException(Errno.EIO, e.getMessage(), e);
        }
        if (errno != null) {
            throw new BlockException(errno, nodeName() + ": " + kind.word() + " at " + offset + ": failed by the gate");
        }
    }
}

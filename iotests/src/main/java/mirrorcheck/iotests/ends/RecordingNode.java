// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.ends;

import java.io.IOException;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.iotests.ends.Request.Kind;

/**
 * The suite's own end of a copy: stands directly above the file, writes down every
 * request that comes so far, and lets the gate hold or fail it. What is held is written down when
 * it arrives, not when it goes on. A write with FUA is written down as a write and a flush.
 */
public final class RecordingNode extends RequestFilter {
    private final RequestLog log;
    private final Gate gate;
    private final Runnable progress;

    /**
     * Stands above {@code file}, which it owns.
     *
     * @param progress called for every request that comes
     * @throws BlockException EINVAL for an ill-formed name; the file is untouched
     */
    public RecordingNode(String nodeName, BlockNode file, RequestLog log, Gate gate,
            Runnable progress)
            throws BlockException {
        super(transparent(nodeName), file, true);
        this.log = log;
        this.gate = gate;
        this.progress = progress;
    }

    @Override
    protected void before(mirrorcheck.engine.block.Request passing) throws BlockException {
        Request request = new Request(kind(passing), passing.offset(), passing.bytes());
        log.add(request);
        if (passing.flags().contains(WriteFlag.FUA)) {
            log.add(new Request(Kind.FLUSH, 0, 0));
        }
        progress.run();
        Errno errno;
        try {
            errno = gate.enter(request);
        } catch (IOException e) {
            throw new BlockException(Errno.EIO, e.getMessage(), e);
        }
        if (errno != null) {
            throw new BlockException(errno, nodeName() + ": " + request.kind().word() + " at "
                    + request.offset()
                    + ": failed by the gate");
        }
    }

    private static Kind kind(mirrorcheck.engine.block.Request request) {
        return switch (request.kind()) {
            case READ -> Kind.READ;
            case WRITE -> Kind.WRITE;
            case WRITE_ZEROES -> request.flags().contains(WriteFlag.MAY_UNMAP)
                    ? Kind.WRITE_ZEROES_UNMAP
                    : Kind.WRITE_ZEROES;
            case DISCARD -> Kind.DISCARD;
            case FLUSH -> Kind.FLUSH;
            case BLOCK_STATUS -> Kind.BLOCK_STATUS;
        };
    }
}

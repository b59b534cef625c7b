// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.mirror.Gate.Kind;

/** A filter whose every request goes through a {@link Gate}. */
final class GatedNode extends RequestFilter {
    private final Gate gate;

    GatedNode(Gate gate, BlockNode child) throws BlockException {
        super(transparent("gated"), child, true);
        this.gate = gate;
    }

    @Override
    protected void before(Request request) throws BlockException {
        gate.enter(kind(request), request.offset(), request.bytes());
    }

    @Override
    protected void after(Request request, BlockException failure) {
        gate.leave(kind(request), request.bytes());
    }

    private static Kind kind(Request request) {
        return switch (request.kind()) {
            case READ -> Kind.READ;
            case WRITE -> Kind.WRITE;
            case WRITE_ZEROES -> request.flags().contains(WriteFlag.MAY_UNMAP) ? Kind.UNMAP
                    : Kind.ZERO;
            case DISCARD -> Kind.DISCARD;
            case FLUSH -> Kind.FLUSH;
            case BLOCK_STATUS -> Kind.STATUS;
        };
    }
}

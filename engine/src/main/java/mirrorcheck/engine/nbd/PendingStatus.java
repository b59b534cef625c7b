// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.IOException;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.WireException;

/** A question for one extent of base:allocation that waits for its answer. */
final class PendingStatus extends PendingReply {
    private static final int ONE_EXTENT_BYTES = 12;

    private final int context;
    private Chunk.Descriptor extent;

    PendingStatus(Command command, int context) {
        super(command);
        this.context = context;
    }

    @Override
    void takeSimple(int number, Transport transport) throws IOException {
        super.takeSimple(number, transport);
        if (number == 0) {
            throw missing();
        }
    }

    @Override
    void takeContent(Chunk chunk, Transport transport) throws IOException {
        if (chunk.type() != Chunk.BLOCK_STATUS) {
            super.takeContent(chunk, transport);
        }
        if (extent != null) {
            throw new WireException("nbd reply to " + command().describe()
                    + ": second status: must be one");
        }
        WireException.checkRange("nbd block status: length", chunk.length(), ONE_EXTENT_BYTES,
                ONE_EXTENT_BYTES);
        Chunk.Status status = Chunk.Status.decode(transport.take(ONE_EXTENT_BYTES));
        WireException.checkRange("nbd block status: context",
                Integer.toUnsignedLong(status.context()), Integer.toUnsignedLong(context),
                Integer.toUnsignedLong(context));
        extent = status.extents().getFirst();
        WireException.checkRange("nbd block status: extent length", extent.bytes(), 1,
                command().length());
    }

    @Override
    void checkComplete() throws WireException {
        if (extent == null) {
            throw missing();
        }
    }

    private WireException missing() {
        return new WireException("nbd reply to " + command().describe() + ": no status: must be"
                + " one");
    }

    /** The answer; only after {@link #await} returned without an error. */
    Chunk.Descriptor extent() {
        return extent;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.Errors;
import mirrorcheck.engine.nbd.wire.WireException;

/**
 * A request that waits for its reply. The thread that reads replies hands it what comes; the thread
 * of the request waits for {@link #await}. Once that returns nobody touches the request's memory.
 */
class PendingReply {
    private final Command command;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    /** Set by the reader before it completes {@link #done}, read after. */
    private Errno error;
    private String message = "";

    PendingReply(Command command) {
        this.command = command;
    }

    final Command command() {
        return command;
    }

    /** Takes a simple reply; reads what follows it. */
    void takeSimple(int number, Transport transport) throws IOException {
        if (number != 0) {
            fail(number, "");
        }
    }

    /**
     * Takes a chunk that is neither an error nor the empty one; reads all of its payload.
     *
     * @throws WireException if the chunk does not belong to such a request
     */
    void takeContent(Chunk chunk, Transport transport) throws IOException {
        throw new WireException("nbd reply to " + command.describe() + ": chunk type "
                + chunk.type() + ": must be 0 or an error");
    }

    /** Checks, at the end of a structured reply without errors, that nothing is missing. */
    void checkComplete() throws WireException {
    }

    /** Takes any chunk. */
    final void takeChunk(Chunk chunk, Transport transport) throws IOException {
        if (chunk.isError()) {
            WireException.checkRange("nbd error chunk length", chunk.length(), 0,
                    Chunk.MAX_ERROR_BYTES);
            Chunk.Failure failure = Chunk.Failure.decode(chunk.type(),
                    transport.take((int) chunk.length()));
            fail(failure.error(), failure.message());
        } else if (chunk.type() == Chunk.NONE) {
            WireException.checkRange("nbd empty chunk: length", chunk.length(), 0, 0);
            if (!chunk.isDone()) {
                throw new WireException("nbd empty chunk: flags " + chunk.flags()
                        + ": bit 0 must be set");
            }
        } else {
            takeContent(chunk, transport);
        }
        if (chunk.isDone() && error == null) {
            checkComplete();
        }
    }

    private void fail(int number, String reported) {
        if (error == null) {
            error = Errors.fromWire(number);
            message = reported;
        }
    }

    /** The whole reply has come. */
    final void complete() {
        done.complete(null);
    }

    /** No reply will come any more. */
    final void lose(Errno errno, String why) {
        error = errno;
        message = why;
        done.complete(null);
    }

    /**
     * Blocks until the reply has come; an interrupt does not end that.
     *
     * @throws BlockException the error of the server, or EIO if the connection was lost
     */
    final void await(String nodeName) throws BlockException {
        done.join();
        if (error != null) {
            String why = message.isEmpty() ? error.text() : message;
            throw new BlockException(error, nodeName + ": " + command.describe() + ": " + why);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.concurrent.atomic.LongAdder;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.RequestFilter;

/**
 * Counts the requests that reach an image, and passes them on. Requests are counted as the mirror
 * made them: how the format and the file carry them out, and what they fall back to, lies below.
 */
final class RequestCounter extends RequestFilter {
    private final LongAdder writes = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder zeroWrites = new LongAdder();
    private final LongAdder bytesZeroed = new LongAdder();
    private final LongAdder statusRequests = new LongAdder();
    private final LongAdder requests = new LongAdder();

    /** Owns the child. */
    RequestCounter(NodeOptions options, BlockNode child) throws BlockException {
        super(options, child, true);
    }

    @Override
    public int usefulRequests() {
        return child().usefulRequests();
    }

    @Override
    public boolean allocatesAll() {
        return child().allocatesAll();
    }

    @Override
    protected void before(Request request) {
        requests.increment();
        switch (request.kind()) {
            case WRITE -> {
                writes.increment();
                bytesWritten.add(request.bytes());
            }
            case WRITE_ZEROES -> {
                zeroWrites.increment();
                bytesZeroed.add(request.bytes());
            }
            case BLOCK_STATUS -> statusRequests.increment();
            case READ, DISCARD, FLUSH -> { }
        }
    }

    /** Data writes so far; exact when no request is in flight, as all counts here. */
    long writes() {
        return writes.sum();
    }

    long bytesWritten() {
        return bytesWritten.sum();
    }

    long zeroWrites() {
        return zeroWrites.sum();
    }

    long bytesZeroed() {
        return bytesZeroed.sum();
    }

    long statusRequests() {
        return statusRequests.sum();
    }

    /** All of them, reads, discards and flushes too. */
    long requests() {
        return requests.sum();
    }
}

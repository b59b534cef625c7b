// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/**
 * The replies of one connection on their way to the client. Sending never waits: what the socket
 * does not take at once is written by a thread of its own, which is there only while it is needed.
 */
final class ReplyQueue {
    /** A reply, and what to do when it has been written or never will be. */
    private record Reply(ByteBuffer[] buffers, Runnable done) {
    }

    private final Transport transport;
    private final Executor writers;
    private final Deque<Reply> queue = new ArrayDeque<>();
    private boolean writing;
    private boolean broken;

    ReplyQueue(Transport transport, Executor writers) {
        this.transport = transport;
        this.writers = writers;
    }

    /** Sends a reply after those that were sent before. From any thread. */
    void send(ByteBuffer[] buffers, Runnable done) {
        boolean start = false;
        synchronized (this) {
            if (!broken && !writing) {
                try {
                    if (!transport.write(buffers)) {
                        queue.add(new Reply(buffers, done));
                        writing = true;
                        start = true;
                    }
                } catch (IOException e) {
                    breakOff();
                }
            } else if (!broken) {
                queue.add(new Reply(buffers, done));
                return;
            }
        }
        if (start) {
            writers.execute(this::drain);
        } else {
            done.run();
        }
    }

    private void drain() {
        for (Reply reply = first(); reply != null; reply = next()) {
            try {
                transport.writeFully(reply.buffers());
            } catch (IOException e) {
                breakOff();
            }
            reply.done().run();
        }
    }

    private synchronized Reply first() {
        return queue.peek();
    }

    /** Takes out the reply that was written; what others add meanwhile waits behind it. */
    private synchronized Reply next() {
        queue.remove();
        writing = !queue.isEmpty();
        return queue.peek();
    }

    /** The client is gone: nothing more is written, and the reader is to notice. */
    private synchronized void breakOff() {
        broken = true;
        transport.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import mirrorcheck.engine.host.Clock;

/**
 * The bytes of one connection: one thread reads, one at a time writes, any may close.
 *
 * <p>The socket does not block, the callers do, in a selector: an interrupt then neither closes the
 * connection, as it would a blocking one, nor cuts a request short. It is kept for the caller. Only
 * where the waiting is limited, in the handshake, does an interrupt end it.
 */
final class Transport implements Closeable {
    /** What is read ahead, in bytes, so that small messages cost less than a call each. */
    private static final int INPUT_BYTES = 64 << 10;
    /** How much of a heap array goes into one call: the JDK copies it to memory it then keeps. */
    private static final int HEAP_BYTES = 256 << 10;
    private static final int SKIP_BYTES = 16 << 10;

    private final SocketChannel channel;
    private final Clock clock;
    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES).flip();
    private Selector readSelector;
    private Selector writeSelector;
    private boolean closed;
    private long deadline;
    private long timeoutMillis;

    /** Takes over a connected socket. */
    Transport(SocketChannel channel, Clock clock) throws IOException {
        this.channel = channel;
        this.clock = clock;
        channel.configureBlocking(false);
    }

    /**
     * Has all waiting from now on end with an error when the time is over; 0 has it last for ever.
     */
    void expireAfter(long millis) {
        timeoutMillis = millis;
        deadline = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /**
     * The next {@code bytes} bytes, to be used before the next call.
     *
     * @param bytes at most 64 KiB
     * @throws EOFException if the peer has closed the connection before
     */
    ByteBuffer take(int bytes) throws IOException {
        fill(bytes);
        ByteBuffer taken = input.slice(input.position(), bytes);
        input.position(input.position() + bytes);
        return taken;
    }

    /** The next four bytes, which stay to be read. */
    int peekInt() throws IOException {
        fill(Integer.BYTES);
        return input.getInt(input.position());
    }

    private void fill(int bytes) throws IOException {
        if (input.remaining() >= bytes) {
            return;
        }
        input.compact();
        try {
            while (input.position() < bytes) {
                readSome(input);
            }
        } finally {
            input.flip();
        }
    }

    /** Reads exactly as much as {@code into} holds. */
    void readFully(MemorySegment into) throws IOException {
        int ahead = (int) Math.min(input.remaining(), into.byteSize());
        into.asSlice(0, ahead).copyFrom(
                MemorySegment.ofBuffer(input.slice(input.position(), ahead)));
        input.position(input.position() + ahead);
        for (long done = ahead; done < into.byteSize();) {
            long part = part(into, done);
            ByteBuffer target = into.asSlice(done, part).asByteBuffer();
            done += part;
            if (done < into.byteSize()) {
                readPart(target);
            } else {
                readLastPart(target);
            }
        }
    }

    /** Reads one stretch of a payload. */
    private void readPart(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            readSome(into);
        }
    }

    /** Reads the last stretch of a payload, and with the same call what comes behind it. */
    private void readLastPart(ByteBuffer into) throws IOException {
        input.clear();
        ByteBuffer[] both = {into, input};
        try {
            while (into.hasRemaining()) {
                long count = channel.read(both);
                if (count < 0) {
                    throw ended();
                }
                if (count == 0) {
                    await(SelectionKey.OP_READ);
                }
            }
        } finally {
            input.flip();
        }
    }

    private static long part(MemorySegment segment, long done) {
        long left = segment.byteSize() - done;
        return segment.isNative() ? left : Math.min(left, HEAP_BYTES);
    }

    /** Reads and forgets. */
    void skip(long bytes) throws IOException {
        for (long done = 0; done < bytes;) {
            int part = (int) Math.min(SKIP_BYTES, bytes - done);
            take(part);
            done += part;
        }
    }

    private void readSome(ByteBuffer into) throws IOException {
        int count = channel.read(into);
        if (count < 0) {
            throw ended();
        }
        if (count == 0) {
            await(SelectionKey.OP_READ);
        }
    }

    private static EOFException ended() {
        return new EOFException("the peer closed the connection");
    }

    /**
     * Writes as much as the socket takes without waiting.
     *
     * @return whether that was all
     */
    boolean write(ByteBuffer... buffers) throws IOException {
        int first = 0;
        while (true) {
            while (first < buffers.length && !buffers[first].hasRemaining()) {
                first++;
            }
            if (first == buffers.length) {
                return true;
            }
            // The JDK hands at most 16 buffers to one call and says how far it got.
            if (channel.write(buffers, first, buffers.length - first) == 0) {
                return false;
            }
        }
    }

    /** Writes everything, waiting for the peer to take it. */
    void writeFully(ByteBuffer... buffers) throws IOException {
        while (!write(buffers)) {
            await(SelectionKey.OP_WRITE);
        }
    }

    /** Writes a head and a payload, waiting for the peer to take it. */
    void writeFully(ByteBuffer head, MemorySegment payload) throws IOException {
        long done = part(payload, 0);
        writeFully(head, payload.asSlice(0, done).asByteBuffer());
        while (done < payload.byteSize()) {
            long part = part(payload, done);
            writeFully(payload.asSlice(done, part).asByteBuffer());
            done += part;
        }
    }

    private void await(int operation) throws IOException {
        Selector selector = selector(operation);
        boolean interrupted = Thread.interrupted();
        try {
            checkGoesOn(interrupted);
            selector.select(millisLeft());
            selector.selectedKeys().clear();
            interrupted |= Thread.interrupted();
            checkGoesOn(interrupted);
        } catch (ClosedSelectorException e) {
            throw new ClosedChannelException();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void checkGoesOn(boolean interrupted) throws IOException {
        if (interrupted && timeoutMillis > 0) {
            throw new InterruptedIOException("interrupted");
        }
    }

    private long millisLeft() throws IOException {
        if (timeoutMillis == 0) {
            return 0;
        }
        long nanos = deadline - clock.nanoTime();
        if (nanos <= 0) {
            throw new IOException("handshake: not finished after " + timeoutMillis + " ms");
        }
        return TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    }

    private synchronized Selector selector(int operation) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        Selector selector = operation == SelectionKey.OP_READ ? readSelector : writeSelector;
        if (selector != null) {
            return selector;
        }
        selector = Selector.open();
        if (operation == SelectionKey.OP_READ) {
            readSelector = selector;
        } else {
            writeSelector = selector;
        }
        channel.register(selector, operation);
        return selector;
    }

    /** Ends the connection at once; whoever reads or writes gets an error. Never fails. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        closeQuietly(channel);
        // The socket is given up only once no selector knows it any more.
        closeQuietly(readSelector);
        closeQuietly(writeSelector);
    }

    static void closeQuietly(Closeable resource) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (IOException e) {
            // Nothing is lost: the peer sees the end of the connection either way.
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import mirrorcheck.engine.nbd.wire.Chunk;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.Handshake;
import mirrorcheck.engine.nbd.wire.Option;
import mirrorcheck.engine.nbd.wire.OptionData;
import mirrorcheck.engine.nbd.wire.OptionReply;
import mirrorcheck.engine.nbd.wire.SimpleReply;

/** A client that sends what it is told, right or wrong, and shows what comes back. */
final class RawClient implements AutoCloseable {
    private final SocketChannel channel;

    /** One answer to an option. */
    record Answer(OptionReply head, byte[] data) {
        int type() {
            return head.type();
        }

        String text() {
            return new String(data, java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    /** One chunk of a structured reply. */
    record Piece(Chunk head, ByteBuffer payload) {
    }

    RawClient(SocketAddress address) throws IOException {
        channel = SocketChannel.open(address);
    }

    /** Reads the greeting and answers it as a client of today. */
    RawClient greeted() throws IOException {
        Handshake.getGreeting(take(Handshake.GREETING_BYTES));
        send(ByteBuffer.allocate(4).putInt(3).flip());
        return this;
    }

    /** Greets and enters the export, with structured replies and base:allocation or without. */
    RawClient entered(String name, boolean structured) throws IOException {
        greeted();
        if (structured) {
            option(Option.STRUCTURED_REPLY, new byte[0]);
            option(Option.SET_META_CONTEXT, new OptionData.MetaQuery(name,
                    List.of("base:allocation")).encode());
        }
        Answer last = option(Option.GO, new OptionData.Go(name, List.of()).encode()).getLast();
        if (last.type() != OptionReply.ACK) {
            throw new IOException("refused: " + last.text());
        }
        return this;
    }

    void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Sends an option and reads its answers, up to the last. */
    List<Answer> option(int option, byte[] data) throws IOException {
        sendOption(option, data);
        return answers();
    }

    void sendOption(int option, byte[] data) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(Option.HEADER_BYTES + data.length);
        new Option(option, data.length).put(message);
        send(message.put(data).flip());
    }

    List<Answer> answers() throws IOException {
        List<Answer> answers = new java.util.ArrayList<>();
        while (true) {
            OptionReply head = OptionReply.get(take(OptionReply.HEADER_BYTES));
            answers.add(new Answer(head, take((int) head.length()).array()));
            if (head.isError() || head.type() == OptionReply.ACK) {
                return answers;
            }
        }
    }

    void command(int flags, int type, long cookie, long offset, long length, byte... data)
            throws IOException {
        ByteBuffer message = ByteBuffer.allocate(Command.HEADER_BYTES + data.length);
        new Command(flags, type, cookie, offset, length).put(message);
        send(message.put(data).flip());
    }

    SimpleReply simple() throws IOException {
        return SimpleReply.get(take(SimpleReply.HEADER_BYTES));
    }

    Piece chunk() throws IOException {
        Chunk head = Chunk.get(take(Chunk.HEADER_BYTES));
        return new Piece(head, take((int) head.length()));
    }

    ByteBuffer take(int bytes) throws IOException {
        ByteBuffer taken = ByteBuffer.allocate(bytes);
        while (taken.hasRemaining()) {
            if (channel.read(taken) < 0) {
                throw new EOFException(taken.position() + " of " + bytes + " bytes");
            }
        }
        return taken.flip();
    }

    /** Waits for the server to end the connection; answers whether it did so without a word. */
    boolean ended() throws IOException {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            // The server threw away what it had not read: TCP calls that a reset.
            return true;
        }
    }

    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import mirrorcheck.engine.block.Interruptions;
import mirrorcheck.engine.nbd.wire.BlockSizes;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.Handshake;
import mirrorcheck.engine.nbd.wire.Info;
import mirrorcheck.engine.nbd.wire.Option;
import mirrorcheck.engine.nbd.wire.OptionData;
import mirrorcheck.engine.nbd.wire.OptionReply;

/** A server for one client that follows a script, right or wrong. */
final class FakeServer implements AutoCloseable {
    /** What the server does with a client. */
    @FunctionalInterface
    interface Script {
        void play(FakeServer server) throws IOException;
    }

    private final ServerSocketChannel listener;
    private final Thread thread;
    private volatile SocketChannel channel;

    FakeServer(Path path, Script script) throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
        thread = Thread.ofPlatform().daemon().start(() -> run(script));
    }

    private void run(Script script) {
        try {
            channel = listener.accept();
            script.play(this);
        } catch (IOException e) {
            // The client had enough.
        } finally {
            Transport.closeQuietly(channel);
        }
    }

    SocketAddress address() {
        try {
            return listener.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    void send(byte... bytes) throws IOException {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    ByteBuffer take(int bytes) throws IOException {
        ByteBuffer taken = ByteBuffer.allocate(bytes);
        while (taken.hasRemaining()) {
            if (channel.read(taken) < 0) {
                throw new IOException("the client is gone");
            }
        }
        return taken.flip();
    }

    /** Greets with these handshake flags. */
    FakeServer greet(int flags) throws IOException {
        ByteBuffer greeting = ByteBuffer.allocate(Handshake.GREETING_BYTES);
        Handshake.putGreeting(greeting, flags);
        send(greeting.array());
        take(Handshake.CLIENT_FLAGS_BYTES);
        return this;
    }

    /** Reads an option with its data. */
    Option option() throws IOException {
        Option option = Option.get(take(Option.HEADER_BYTES));
        take((int) option.length());
        return option;
    }

    void reply(Option option, int type, byte... data) throws IOException {
        ByteBuffer reply = ByteBuffer.allocate(OptionReply.HEADER_BYTES + data.length);
        new OptionReply(option.option(), type, data.length).put(reply);
        send(reply.put(data).array());
    }

    /** Greets and negotiates as it should, with context 5 if replies are structured. */
    FakeServer enter(Info.Export export, BlockSizes sizes, boolean structured)
            throws IOException {
        greet(Handshake.FIXED_NEWSTYLE | Handshake.NO_ZEROES);
        Option option = option();
        while (option.option() != Option.GO) {
            if (!structured) {
                reply(option, OptionReply.ERR_UNSUP);
            } else {
                if (option.option() == Option.SET_META_CONTEXT) {
                    reply(option, OptionReply.META_CONTEXT,
                            new OptionData.MetaContext(5, "base:allocation").encode());
                }
                reply(option, OptionReply.ACK);
            }
            option = option();
        }
        reply(option, OptionReply.INFO, Info.encode(export));
        if (sizes != null) {
            reply(option, OptionReply.INFO, Info.encode(sizes));
        }
        reply(option, OptionReply.ACK);
        return this;
    }

    Command command() throws IOException {
        return Command.get(take(Command.HEADER_BYTES));
    }

    @Override
    public void close() throws IOException {
        listener.close();
        Transport.closeQuietly(channel);
        Interruptions.join(thread);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The standard input and output: one client, and none when it is gone. */
final class StdioChardev implements Chardev {
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream in;
    private final OutputStream out;
    private Session session;

    StdioChardev(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    @Override
    public synchronized void serve(Daemon daemon, boolean pretty) {
        session = new Session(daemon, out, pretty, () -> { });
        Session client = session;
        Thread.ofPlatform().daemon().name("monitor-stdio").start(() -> read(in, client));
    }

    static void read(InputStream from, Session session) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                session.feed(buffer, 0, n);
            }
        } catch (IOException e) {
            // The client is gone, which is no fault of ours.
        }
    }

    @Override
    public synchronized void close() {
        if (session != null) {
            session.close();
        }
    }
}

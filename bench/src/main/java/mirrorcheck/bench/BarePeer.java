// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import mirrorcheck.bench.BareThreads.Piece;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.HostFile;

/**
 * What a mirror can reach here: bare threads that look where the data is, read and write a piece
 * after the other, tell the host early to write back, and wait for the disk at the end. They track
 * nothing and are warm, for they run in the JVM that measures.
 *
 * <p>Through the page cache they are two, with pieces that the processor's cache likes; past it
 * sixteen, which keep a disk busy.
 */
record BarePeer(String name) implements Peer {
    /** From one hint to the host to the next, as the engine gives them. */
    private static final long WRITEBACK = 2L << 20;

    @Override
    public boolean takes(PeerCase what) {
        return what.formats() == FormatPair.RAW;
    }

    @Override
    public long copy(PeerCase what, Path source, Path target, Path directory)
            throws IOException, InterruptedException {
        int threads = what.direct() ? 16 : 2;
        long most = what.direct() ? 1 << 20 : 256 << 10;
        try (HostFile from = BareThreads.open(source, what.direct());
                HostFile to = BareThreads.open(target, what.direct(),
                        HostFile.Option.READ_WRITE)) {
            long start = Clock.SYSTEM.nanoTime();
            AtomicLong total = new AtomicLong();
            BareThreads.work(threads, most, BareThreads.of(from, most), (piece, memory) -> {
                from.pread(piece.offset(), memory);
                to.pwrite(piece.offset(), memory);
                hint(to, total.addAndGet(piece.bytes()), piece);
            });
            to.fdatasync();
            return Clock.SYSTEM.nanoTime() - start;
        } catch (IOException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    private static void hint(HostFile to, long total, Piece piece) {
        if (total / WRITEBACK != (total - piece.bytes()) / WRITEBACK) {
            to.startWriteback();
        }
    }
}

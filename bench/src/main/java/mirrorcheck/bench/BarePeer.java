// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import mirrorcheck.engine.host.Buffers;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.HostFile;

/**
 * The bound of what a mirror can reach here: two bare threads that read and write a piece after the
 * other, tell the host early to write back, and wait for the disk at the end. They track nothing,
 * ask nothing and are warm, for they run in the JVM that measures.
 */
record BarePeer(String name) implements Peer {
    private static final int THREADS = 2;
    /** From one hint to the host to the next, as the engine gives them. */
    private static final long WRITEBACK = 2L << 20;

    @Override
    public boolean takes(PeerCase what) {
        return what.shape() == SourceShape.DENSE && what.formats() == FormatPair.RAW;
    }

    @Override
    public boolean wantsTarget() {
        return true;
    }

    @Override
    public long copy(PeerCase what, Path source, Path target, Path directory)
            throws IOException, InterruptedException {
        try (HostFile from = open(what, source);
                HostFile to = open(what, target, HostFile.Option.READ_WRITE)) {
            long start = Clock.SYSTEM.nanoTime();
            long size = from.size();
            AtomicLong next = new AtomicLong();
            List<FutureTask<Void>> copies = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                copies.add(new FutureTask<>(() -> copy(from, to, next, size), null));
                Thread.ofPlatform().daemon().name("bare copy " + i).start(copies.getLast());
            }
            for (FutureTask<Void> copy : copies) {
                copy.get();
            }
            to.fdatasync();
            return Clock.SYSTEM.nanoTime() - start;
        } catch (ExecutionException e) {
            throw new IOException(name + ": " + e.getCause().getMessage(), e);
        }
    }

    private static HostFile open(PeerCase what, Path path, HostFile.Option... options)
            throws IOException {
        Set<HostFile.Option> all = new HashSet<>(List.of(options));
        if (what.direct()) {
            all.add(HostFile.Option.DIRECT);
        }
        return HostFile.open(path, all.toArray(HostFile.Option[]::new));
    }

    private static void copy(HostFile from, HostFile to, AtomicLong next, long size) {
        MemorySegment buffer = Buffers.take();
        try {
            long step = buffer.byteSize();
            for (long offset = next.getAndAdd(step); offset < size;
                    offset = next.getAndAdd(step)) {
                MemorySegment piece = buffer.asSlice(0, Math.min(step, size - offset));
                from.pread(offset, piece);
                to.pwrite(offset, piece);
                if (offset / WRITEBACK != (offset + step) / WRITEBACK) {
                    to.startWriteback();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Buffers.give(buffer);
        }
    }
}

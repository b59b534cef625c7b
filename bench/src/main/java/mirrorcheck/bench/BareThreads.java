// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import mirrorcheck.engine.host.Buffers;
import mirrorcheck.engine.host.HostFile;

/**
 * Threads that share the pieces of an image among them, each with memory of its own. One image at a
 * time.
 */
final class BareThreads {
    /** The memory of all threads together, in bytes: as much as a mirror's buffer. */
    private static final long MEMORY = 16 << 20;

    private static final MemorySegment HUGE = Buffers.allocateHuge(MEMORY);

    /** One piece of data: {@code bytes} at {@code offset}. */
    record Piece(long offset, long bytes) {
    }

    /** What a thread does with a piece; {@code memory} is as long as the piece. */
    @FunctionalInterface
    interface Work {
        void on(Piece piece, MemorySegment memory) throws IOException;
    }

    private BareThreads() {
    }

    /** Opens a file, past the page cache or through it. */
    static HostFile open(Path path, boolean direct, HostFile.Option... options)
            throws IOException {
        Set<HostFile.Option> all = new HashSet<>(List.of(options));
        if (direct) {
            all.add(HostFile.Option.DIRECT);
        }
        return HostFile.open(path, all.toArray(HostFile.Option[]::new));
    }

    /** All data of a file, in pieces of {@code most} bytes or less, in order. */
    static List<Piece> of(HostFile file, long most) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        OptionalLong data = file.seekData(0);
        while (data.isPresent()) {
            long offset = data.getAsLong();
            long end = file.seekHole(offset).orElseThrow();
            for (; offset < end; offset += most) {
                pieces.add(new Piece(offset, Math.min(most, end - offset)));
            }
            data = file.seekData(end);
        }
        return pieces;
    }

    /**
     * Has so many threads work on the pieces in order. Blocks until all are done.
     *
     * @param most bytes of the longest piece; 16 MiB is enough for one for each thread
     * @throws IOException the first failure; other threads may still be at work
     */
    static void work(int threads, long most, List<Piece> pieces, Work work)
            throws IOException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            MemorySegment own = HUGE.asSlice(i * most, most);
            tasks.add(new FutureTask<>(() -> workOff(pieces, next, own, work)));
            Thread.ofPlatform().daemon().name("bare " + i).start(tasks.getLast());
        }
        try {
            for (FutureTask<Void> task : tasks) {
                task.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        }
    }

    private static Void workOff(List<Piece> pieces, AtomicInteger next, MemorySegment memory,
            Work work) throws IOException {
        for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
            Piece piece = pieces.get(i);
            work.on(piece, memory.asSlice(0, piece.bytes()));
        }
        return null;
    }
}

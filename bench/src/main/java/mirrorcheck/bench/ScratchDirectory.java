// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mirrorcheck.iotests.adapter.Program;

/** The directory, on a real file system, where a benchmark keeps its images. */
final class ScratchDirectory {
    /** The system property that names it; {@code bench/run} sets it from MIRRORCHECK_SCRATCH. */
    static final String PROPERTY = "mirrorcheck.scratch";

    private static final String ADVICE =
            "; name another with MIRRORCHECK_SCRATCH=DIR bench/run ...";
    /** What is left to the file system for its own maps, and to others. */
    private static final long MARGIN = 64L << 20;

    private static final long SYNC_SECONDS = 300;

    private final Path directory;

    private ScratchDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * The directory that {@link #PROPERTY} names.
     *
     * @throws IOException if it is missing or cannot be written, in words a user can act on
     */
    static ScratchDirectory named() throws IOException {
        String name = System.getProperty(PROPERTY);
        if (name == null) {
            throw new IOException("scratch: not named: start benchmarks by bench/run, or set -D"
                    + PROPERTY + "=DIR");
        }
        return at(Path.of(name));
    }

    /** The same for a directory of the caller's choice. */
    static ScratchDirectory at(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("scratch " + directory + ": no such directory" + ADVICE);
        }
        if (!Files.isWritable(directory)) {
            throw new IOException("scratch " + directory + ": not writable" + ADVICE);
        }
        return new ScratchDirectory(directory);
    }

    /** Where it is. */
    Path path() {
        return directory;
    }

    /**
     * Makes sure that images fit, before time is spent to find out that they do not.
     *
     * @param bytes what they will allocate at most
     * @throws IOException if they do not fit
     */
    void reserve(long bytes) throws IOException {
        FileStore store = Files.getFileStore(directory);
        long free = store.getUsableSpace();
        if (store.type().equals("tmpfs")) {
            // It counts as free what others have taken of the memory.
            free = Math.min(free, WarmMemory.available());
        }
        if (bytes > free - MARGIN) {
            throw new IOException("scratch " + directory + ": full: needs "
                    + mebibytes(bytes + MARGIN) + ", has " + mebibytes(free) + ADVICE
                    + ", or ask for a smaller image");
        }
    }

    /**
     * Blocks until nothing is left to be written back, 300 s at most: the next program would pay
     * for it.
     *
     * @param directory an empty directory for what must be written down meanwhile
     */
    void settle(Path directory) throws IOException, InterruptedException {
        try (Program sync = new Program(List.of("sync", "-f", path().toString()), directory,
                directory.resolve("sync-stderr"), directory.resolve("sync-stdout"))) {
            sync.await(SYNC_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    /**
     * The path of an image, which is deleted when the JVM ends, if not before. The names are fixed,
     * so that what a killed run left is taken over by the next one.
     */
    Path image(String name, ImageFormat format) {
        Path path = directory.resolve("mirrorcheck-bench-" + name + "." + format.word());
        path.toFile().deleteOnExit();
        return path;
    }
}

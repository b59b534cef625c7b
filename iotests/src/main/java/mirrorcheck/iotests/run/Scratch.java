// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.report.TestId;
import org.apache.commons.io.file.PathUtils;

/**
 * The directory in which the tests of a run keep their files, locked for this run.
 *
 * <p>The first run on a directory gets it; one that comes while it is in use gets {@code run-2}
 * below it, and so on, so that names stay the same from run to run. Safe for use from any thread.
 */
public final class Scratch implements AutoCloseable {
    private static final String LOCK = ".mirrorcheck.lock";
    private static final int MOST_RUNS = 64;

    private final Path directory;
    private final FileChannel channel;
    private final FileLock lock;

    private Scratch(Path directory, FileChannel channel, FileLock lock) {
        this.directory = directory;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Makes the directory if it is missing, and locks it or a directory below.
     *
     * @throws HarnessError if it cannot be made or written, in words a user can act on
     */
    public static Scratch open(Path base) {
        try {
            for (int run = 1; run <= MOST_RUNS; run++) {
                Path directory = run == 1 ? base : base.resolve("run-" + run);
                Files.createDirectories(directory);
                FileChannel channel = FileChannel.open(directory.resolve(LOCK),
                        StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = tryLock(channel);
                if (lock != null) {
                    return new Scratch(directory.toAbsolutePath(), channel, lock);
                }
                channel.close();
            }
        } catch (IOException e) {
            throw new HarnessError(trouble(base, e), e);
        }
        throw new HarnessError("scratch " + base + ": in use by " + MOST_RUNS + " other runs");
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** What is wrong with a scratch directory, one line: full, read-only, not writable. */
    static String trouble(Path base, IOException e) {
        String reason = e instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getReason() : e.getMessage();
        if (e instanceof AccessDeniedException) {
            reason = "not writable";
        } else if (isFull(e)) {
            reason = "full";
        } else if (reason != null && reason.contains("Read-only file system")) {
            reason = "read-only";
        } else if (e instanceof java.nio.file.FileAlreadyExistsException) {
            reason = "not a directory";
        }
        return "scratch " + base + ": " + reason
                + "; name another with --scratch DIR or MIRRORCHECK_SCRATCH";
    }

    /**
     * Whether {@code thrown}, which no script expected, says that a file system is full: by its
     * text, for implementations and words of the DSL pass on nothing else.
     */
    static boolean isFull(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (String.valueOf(t.getMessage()).contains("No space left on device")) {
                return true;
            }
        }
        return false;
    }

    /** The directory of this run. */
    public Path directory() {
        return directory;
    }

    /**
     * Makes an empty directory for a test; what an earlier run kept there is removed.
     *
     * @throws HarnessError if it cannot be made
     */
    Path prepare(TestId test) {
        Path path = directory.resolve(test.key());
        try {
            delete(path);
            synchronized (this) {
                return Files.createDirectories(path);
            }
        } catch (IOException e) {
            throw new HarnessError(trouble(directory, e), e);
        }
    }

    /**
     * Removes the directory of a test, and the folder above it if nothing else is in it.
     *
     * @throws HarnessError if it cannot be removed
     */
    void clean(Path path) {
        try {
            delete(path);
        } catch (IOException e) {
            throw new HarnessError("scratch " + path + ": cannot be removed: " + e.getMessage(), e);
        }
        Path above = path.getParent();
        synchronized (this) {
            try {
                if (!above.equals(directory)) {
                    Files.deleteIfExists(above);
                }
            } catch (DirectoryNotEmptyException e) {
                return; // Another test of the folder still runs, or was kept.
            } catch (IOException e) {
                throw new HarnessError("scratch " + above + ": cannot be removed: "
                        + e.getMessage(), e);
            }
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.exists(path)) {
            // Overriding read-only would touch the folder above, which another test may be
            // removing.
            PathUtils.deleteDirectory(path);
        }
    }

    /** Unlocks it; what tests kept stays. */
    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new HarnessError("scratch " + directory + ": cannot be unlocked: "
                    + e.getMessage(), e);
        }
    }
}

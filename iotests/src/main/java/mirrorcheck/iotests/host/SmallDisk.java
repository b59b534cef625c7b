// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of its own with little room, so that it can be filled up for real: a tmpfs, which
 * only root can mount. It lies outside of every scratch directory: should the program be killed, a
 * mount point that is left behind is in nobody's way.
 */
public final class SmallDisk implements AutoCloseable {
    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /**
     * Mounts one.
     *
     * @param bytes its size, greater than 0; the host rounds it up to whole pages
     * @throws IOException with what {@code mount} said if it refused; nothing is left
     */
    public static SmallDisk mount(long bytes) throws IOException {
        Path directory = Files.createTempDirectory("mirrorcheck-disk-");
        try {
            run("mount", "-t", "tmpfs", "-o", "mode=700,size=" + bytes, "mirrorcheck",
                    directory.toString());
            return new SmallDisk(directory);
        } catch (IOException e) {
            Files.delete(directory);
            throw e;
        }
    }

    /** Where its files are. */
    public Path directory() {
        return directory;
    }

    /** Changes its size; what is on it stays. */
    public void resize(long bytes) throws IOException {
        run("mount", "-o", "remount,size=" + bytes, directory.toString());
    }

    /** Takes it away, with all that is on it; files that are open still work. */
    @Override
    public void close() throws IOException {
        run("umount", "-l", directory.toString());
        Files.delete(directory);
    }

    private static void run(String... command) throws IOException {
        ToolRun run = ToolRun.of(List.of(command));
        if (!run.isGood()) {
            throw new IOException(command[0] + ": " + run.said());
        }
    }
}

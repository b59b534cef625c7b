// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Zeroes;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.HostException;
import mirrorcheck.engine.host.HostFile;

/** Creates raw image files, as QMP {@code blockdev-create} with driver {@code file} does. */
public final class ImageCreate {
    /**
     * Bytes at the start of an image without preallocation that are written all the same, so that
     * the alignment of direct I/O can be tried out: over a hole every length is accepted.
     */
    public static final int FIRST_BLOCK = 4096;

    private ImageCreate() {
    }

    /**
     * Creates an image file that reads as zero, or makes an existing regular file one: its content
     * is lost at once, even if it is open as a node.
     *
     * @param size length in bytes, taken as it is, a multiple of 512 or not
     * @throws BlockException with the host's errno and the text a client of QEMU gets:
     *         {@code Could not create '<path>': <reason>} or {@code Could not resize file:
     *         <reason>} (EINVAL for a negative size, EFBIG), {@code Could not preallocate data for
     *         the new file: <reason>} (ENOSPC, EOPNOTSUPP). A file that was new is gone then; one
     *         that existed is left with any content
     */
    public static void raw(Path path, long size, Preallocation preallocation)
            throws BlockException {
        HostFile old = openExisting(path);
        try (HostFile image = old != null ? old : openNew(path)) {
            fill(image, size, preallocation);
        } catch (HostException e) {
            throw failed("Could not close the new file", e);
        } catch (BlockException e) {
            if (old == null) {
                removeAfter(e, path);
            }
            throw e;
        }
    }

    private static HostFile openExisting(Path path) throws BlockException {
        try {
            return HostFile.open(path, HostFile.Option.READ_WRITE);
        } catch (HostException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw failed("Could not create '" + path + "'", e);
        }
    }

    private static HostFile openNew(Path path) throws BlockException {
        try {
            return HostFile.open(path, HostFile.Option.READ_WRITE, HostFile.Option.CREATE);
        } catch (HostException e) {
            throw failed("Could not create '" + path + "'", e);
        }
    }

    private static void fill(HostFile image, long size, Preallocation preallocation)
            throws BlockException {
        try {
            image.truncate(0);
            image.truncate(size);
        } catch (HostException e) {
            throw failed("Could not resize file", e);
        }
        try {
            switch (preallocation) {
                case OFF -> writeZeroes(image, Math.min(size, FIRST_BLOCK));
                case FALLOC -> allocate(image, size);
                case FULL -> writeZeroes(image, size);
            }
        } catch (HostException e) {
            throw failed("Could not preallocate data for the new file", e);
        }
    }

    private static void allocate(HostFile image, long size) throws HostException {
        // The host refuses to allocate nothing.
        if (size > 0) {
            image.allocate(0, size);
        }
    }

    private static void writeZeroes(HostFile image, long bytes) throws HostException {
        MemorySegment zeroes = Zeroes.bytes();
        for (long done = 0; done < bytes; done += zeroes.byteSize()) {
            image.pwrite(done, zeroes.asSlice(0, Math.min(zeroes.byteSize(), bytes - done)));
        }
    }

    private static void removeAfter(BlockException failure, Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static BlockException failed(String what, HostException e) {
        return new BlockException(e.errno(), what + ": " + e.reason(), e);
    }
}

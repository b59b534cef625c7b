// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An open regular file of the host, with the calls that FileChannel lacks. Every call names its
 * offset; there is no file position. All may come from several threads at once and block; an
 * interrupt does not end them.
 *
 * <p>Offsets and lengths are bytes. Each call throws {@link HostException} with the errno of the
 * host, and EBADF after {@link #close}.
 */
public final class HostFile implements AutoCloseable {
    /** How to open a file; without any, an existing file for reading. */
    public enum Option {
        /** For reading and writing. */
        READ_WRITE,
        /** Create it if it is missing, readable and writable as the umask allows. */
        CREATE,
        /** Cut it to length 0; needs READ_WRITE. */
        TRUNCATE,
        /** With CREATE: fail with EEXIST if it is there. */
        EXCLUSIVE,
        /**
         * O_DIRECT: past the page cache; offsets and lengths must suit the device (EINVAL), memory
         * may be any.
         */
        DIRECT
    }

    private static final int O_RDWR = 02;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;
    private static final int O_TRUNC = 01000;
    private static final int O_CLOEXEC = 02000000;
    /**
     * So that to open a FIFO does not wait for its other end; without meaning for regular files.
     */
    private static final int O_NONBLOCK = 04000;
    /** The one flag among these whose value depends on the architecture (asm/fcntl.h). */
    private static final int O_DIRECT =
            "aarch64".equals(System.getProperty("os.arch")) ? 0200000 : 040000;
    private static final int CREATE_MODE = 0666;

    private static final int KEEP_SIZE = 0x1;
    private static final int PUNCH_HOLE = 0x2;
    private static final int ZERO_RANGE = 0x10;
    private static final int SYNC_FILE_RANGE_WRITE = 2;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    /** What the JDK itself encodes file names with. */
    private static final Charset NAMES =
            Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private final String path;
    private final boolean direct;
    private final Descriptor descriptor;
    private final Transfer.Step reader;
    private final Transfer.Step writer;

    private HostFile(String path, boolean direct, int fd) {
        this.path = path;
        this.direct = direct;
        this.descriptor = new Descriptor(fd, path);
        this.reader = (offset, part) -> Calls.pread(fd, offset, part);
        this.writer = (offset, part) -> Calls.pwrite(fd, offset, part);
    }

    /**
     * Opens a regular file.
     *
     * @throws HostException with the errno of open, EISDIR for a directory, EINVAL for anything
     *         else that is no regular file, or for DIRECT on a file system without it; nothing
     *         stays open, but a file may have been created
     */
    public static HostFile open(Path path, Option... options) throws HostException {
        String name = path.toString();
        Set<Option> wanted = EnumSet.noneOf(Option.class);
        wanted.addAll(List.of(options));
        int fd;
        try (Arena arena = Arena.ofConfined()) {
            fd = Calls.open(encode(arena, name), flags(wanted), CREATE_MODE);
        }
        if (fd < 0) {
            throw HostException.failed("open '" + name + "'", -fd);
        }
        try {
            refuseOddTypes(fd, name);
            return new HostFile(name, wanted.contains(Option.DIRECT), fd);
        } catch (HostException | RuntimeException | Error e) {
            Calls.close(fd);
            throw e;
        }
    }

    private static int flags(Set<Option> wanted) {
        int flags = O_CLOEXEC | O_NONBLOCK;
        for (Option option : wanted) {
            flags |= switch (option) {
                case READ_WRITE -> O_RDWR;
                case CREATE -> O_CREAT;
                case TRUNCATE -> O_TRUNC;
                case EXCLUSIVE -> O_EXCL;
                case DIRECT -> O_DIRECT;
            };
        }
        return flags;
    }

    private static MemorySegment encode(Arena arena, String name) {
        byte[] bytes = name.getBytes(NAMES);
        MemorySegment encoded = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, encoded, JAVA_BYTE, 0, bytes.length);
        return encoded;
    }

    private static void refuseOddTypes(int fd, String name) throws HostException {
        Stat stat = Stat.of(fd, name);
        if (stat.isDirectory()) {
            throw HostException.failed("open '" + name + "'", Errno.EISDIR.number());
        }
        if (!stat.isRegular()) {
            throw new HostException(Errno.EINVAL, "open '" + name + "'", "not a regular file");
        }
    }

    /** The path it was opened with. */
    public String path() {
        return path;
    }

    /**
     * Reads into all of {@code into}, or as far as the file goes.
     *
     * @param into any segment; heap memory, and with DIRECT misaligned memory, is copied through a
     *             buffer
     * @return the bytes read, fewer than asked only at the end of the file; the rest of
     *         {@code into} is untouched
     */
    public long pread(long offset, MemorySegment into) throws HostException {
        descriptor.enter();
        try {
            long result = usable(into) ? Transfer.read(reader, offset, into, direct)
                    : readCopied(offset, into);
            return check(result, "pread", offset, into.byteSize());
        } finally {
            descriptor.exit();
        }
    }

    private long readCopied(long offset, MemorySegment into) {
        MemorySegment buffer = Buffers.take();
        try {
            long done = 0;
            while (done < into.byteSize()) {
                long part = Math.min(buffer.byteSize(), into.byteSize() - done);
                long result = Transfer.read(reader, offset + done, buffer.asSlice(0, part), direct);
                if (result < 0) {
                    return result;
                }
                MemorySegment.copy(buffer, 0, into, done, result);
                done += result;
                if (result < part) {
                    break;
                }
            }
            return done;
        } finally {
            Buffers.give(buffer);
        }
    }

    /**
     * Writes all of {@code from}; the file grows if it ends earlier.
     *
     * @throws HostException ENOSPC, EFBIG, EIO and others; any part of the range may have been
     *         written
     */
    public void pwrite(long offset, MemorySegment from) throws HostException {
        descriptor.enter();
        try {
            long result = usable(from) ? Transfer.write(writer, offset, from)
                    : writeCopied(offset, from);
            check(result, "pwrite", offset, from.byteSize());
        } finally {
            descriptor.exit();
        }
    }

    private long writeCopied(long offset, MemorySegment from) {
        MemorySegment buffer = Buffers.take();
        try {
            for (long done = 0; done < from.byteSize(); done += buffer.byteSize()) {
                long part = Math.min(buffer.byteSize(), from.byteSize() - done);
                MemorySegment.copy(from, done, buffer, 0, part);
                long result = Transfer.write(writer, offset + done, buffer.asSlice(0, part));
                if (result < 0) {
                    return result;
                }
            }
            return 0;
        } finally {
            Buffers.give(buffer);
        }
    }

    private boolean usable(MemorySegment segment) {
        return direct ? Buffers.isAligned(segment) : segment.isNative();
    }

    /** The length of the file in bytes, of any value. */
    public long size() throws HostException {
        return stat().size();
    }

    /** The bytes the host has allocated for the file: its block count times 512 (st_blocks). */
    public long allocatedBytes() throws HostException {
        return stat().blocks() * 512;
    }

    private Stat stat() throws HostException {
        int fd = descriptor.enter();
        try {
            return Stat.of(fd, path);
        } finally {
            descriptor.exit();
        }
    }

    /** Sets the length of the file; what is added reads as zero and is not allocated. */
    public void truncate(long bytes) throws HostException {
        int fd = descriptor.enter();
        try {
            check(Calls.ftruncate(fd, bytes), "ftruncate", 0, bytes);
        } finally {
            descriptor.exit();
        }
    }

    /** Makes what was written durable, with the size needed to find it again, but not the times. */
    public void fdatasync() throws HostException {
        int fd = descriptor.enter();
        try {
            int result = Calls.fdatasync(fd);
            if (result < 0) {
                throw HostException.failed("fdatasync '" + path + "'", -result);
            }
        } finally {
            descriptor.exit();
        }
    }

    /**
     * Has the host begin to write what is only in its page cache, all of the file, and does not wait
     * for the disk. Only a hint: on a closed file it does nothing, and an error of the disk is left for
     * {@link #fdatasync} to tell.
     */
    public void startWriteback() {
        try {
            int fd = descriptor.enter();
            try {
                Calls.syncFileRange(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
            } finally {
                descriptor.exit();
            }
        } catch (HostException e) {
            // Closed: there is nothing left to begin.
        }
    }

    /**
     * Allocates what is not allocated yet, without changing what is read; the file grows if it ends
     * earlier.
     */
    public void allocate(long offset, long bytes) throws HostException {
        fallocate("fallocate", 0, offset, bytes);
    }

    /**
     * Makes the range read as zero and frees the blocks that lie wholly inside. The length stays.
     *
     * @throws HostException EOPNOTSUPP if the file system cannot
     */
    public void punchHole(long offset, long bytes) throws HostException {
        fallocate("fallocate punch-hole", PUNCH_HOLE | KEEP_SIZE, offset, bytes);
    }

    /**
     * Makes the range read as zero and allocates all of it. The length stays.
     *
     * @throws HostException EOPNOTSUPP if the file system cannot (tmpfs)
     */
    public void zeroRange(long offset, long bytes) throws HostException {
        fallocate("fallocate zero-range", ZERO_RANGE | KEEP_SIZE, offset, bytes);
    }

    private void fallocate(String call, int mode, long offset, long bytes) throws HostException {
        int fd = descriptor.enter();
        try {
            check(Calls.fallocate(fd, mode, offset, bytes), call, offset, bytes);
        } finally {
            descriptor.exit();
        }
    }

    /**
     * The first byte at or after {@code offset} that is not in a hole.
     *
     * @return empty if there is none before the end of the file
     */
    public OptionalLong seekData(long offset) throws HostException {
        return seek("lseek data", SEEK_DATA, offset);
    }

    /**
     * The first byte at or after {@code offset} that is in a hole; every file ends in one.
     *
     * @return empty if {@code offset} is at or past the end of the file
     */
    public OptionalLong seekHole(long offset) throws HostException {
        return seek("lseek hole", SEEK_HOLE, offset);
    }

    private OptionalLong seek(String call, int whence, long offset) throws HostException {
        int fd = descriptor.enter();
        try {
            long result = Calls.lseek(fd, offset, whence);
            if (result == -Errno.ENXIO.number()) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(check(result, call, offset, 0));
        } finally {
            descriptor.exit();
        }
    }

    /**
     * Copies bytes to another file inside the host, sharing blocks where the file system can.
     *
     * @return the bytes copied, fewer than asked only at the end of this file
     * @throws HostException EXDEV or EOPNOTSUPP if the host cannot between these two, EINVAL if the
     *         ranges overlap in one file, and others; any part may have been copied
     */
    public long copyFileRange(long offset, HostFile target, long targetOffset, long bytes)
            throws HostException {
        int source = descriptor.enter();
        try (Arena arena = Arena.ofConfined()) {
            int to = target.descriptor.enter();
            try {
                MemorySegment offsets = arena.allocateFrom(JAVA_LONG, offset, targetOffset);
                long done = 0;
                long moved = 1;
                while (done < bytes && moved > 0) {
                    moved = Calls.copyFileRange(source, to, offsets, bytes - done);
                    done += check(moved, "copy_file_range", offset + done, bytes - done);
                }
                return done;
            } finally {
                target.descriptor.exit();
            }
        } finally {
            descriptor.exit();
        }
    }

    private long check(long result, String call, long offset, long bytes) throws HostException {
        if (result < 0) {
            String where = " '" + path + "' at " + offset + ", " + bytes + " bytes";
            throw HostException.failed(call + where, (int) -result);
        }
        return result;
    }

    /**
     * Closes the file after the calls that are running; later calls fail. A second call does
     * nothing.
     *
     * @throws HostException if the host reports a late write error; the file is closed all the same
     */
    @Override
    public void close() throws HostException {
        int result = descriptor.close();
        if (result < 0) {
            throw HostException.failed("close '" + path + "'", -result);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import mirrorcheck.engine.block.AbstractNode;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.host.HostException;
import mirrorcheck.engine.host.HostFile;

/**
 * The protocol node over a regular file of the host: driver {@code file}.
 *
 * <p>A file whose size is no multiple of 512 is rounded up (rule SIZE-1): what lies beyond its end
 * reads as zero, and a write there makes the file grow to the rounded size; reading does not.
 * Several nodes may be open on one file.
 *
 * <p>Zero writes become fallocate: zero-range, which keeps and completes the allocation, or
 * punch-hole where they may unmap. Block status asks the file system each time and remembers
 * nothing, as the file may change under it.
 */
public final class FileNode extends AbstractNode {
    private static final int SECTOR = 512;
    /** How much is called data where the file changed between two questions, in bytes. */
    private static final long UNSURE = 64 << 10;

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final HostFile file;
    /**
     * The file past O_DIRECT, for a last block shorter than its alignment; null if buffered anyway.
     */
    private final HostFile buffered;
    private volatile long length;
    private final Limits limits;
    private final boolean opensReadOnly;
    /** Whether the file has got its rounded size, or had it from the start. */
    private volatile boolean rounded;
    private volatile boolean zeroRangeRefused;
    private volatile boolean punchHoleRefused;
    private final PendingChanges changes = new PendingChanges();

    private FileNode(NodeOptions options, HostFile file, HostFile buffered)
            throws BlockException, HostException {
        super(options);
        this.opensReadOnly = options.readOnly();
        this.file = file;
        this.buffered = buffered;
        long size = file.size();
        this.length = roundUp(size);
        this.rounded = size == length;
        int alignment = buffered == null ? 1 : DirectAlignment.of(file);
        this.limits = new Limits(alignment, 0, Long.MAX_VALUE, Long.MAX_VALUE, true);
    }

    /**
     * Opens an existing regular file, for writing unless the options say read-only.
     *
     * @param direct {@code cache.direct}: past the page cache of the host
     * @throws BlockException with the host's errno and {@code Could not open '<path>': <reason>};
     *         EINVAL for options that no node may have; nothing stays open
     */
    public static FileNode open(Path path, NodeOptions options, boolean direct)
            throws BlockException {
        options.checked();
        HostFile file = null;
        HostFile buffered = null;
        try {
            file = openHost(path, options, direct);
            buffered = direct ? openHost(path, options, false) : null;
            return new FileNode(options, file, buffered);
        } catch (HostException e) {
            closeAfter(e, file);
            closeAfter(e, buffered);
            throw new BlockException(e.errno(), "Could not open '" + path + "': " + e.reason(), e);
        }
    }

    private static HostFile openHost(Path path, NodeOptions options, boolean direct)
            throws HostException {
        if (options.readOnly()) {
            return direct ? HostFile.open(path, HostFile.Option.DIRECT) : HostFile.open(path);
        }
        return direct ? HostFile.open(path, HostFile.Option.READ_WRITE, HostFile.Option.DIRECT)
                : HostFile.open(path, HostFile.Option.READ_WRITE);
    }

    private static void closeAfter(HostException failure, HostFile opened) {
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (HostException e) {
            failure.addSuppressed(e);
        }
    }

    /** The path it was opened with. */
    public Path path() {
        return Path.of(file.path());
    }

    /** The bytes the host has allocated for the file. */
    public long allocatedBytes() throws BlockException {
        try {
            return file.allocatedBytes();
        } catch (HostException e) {
            throw failed(e);
        }
    }

    @Override
    public long length() {
        return length;
    }

    private static long roundUp(long size) {
        return size + SECTOR - 1 & -SECTOR;
    }

    @Override
    public int usefulRequests() {
        return buffered == null ? PROCESSORS : Integer.MAX_VALUE;
    }

    @Override
    public boolean allocatesAll() {
        return true;
    }

    @Override
    public void resize(long bytes) throws BlockException {
        if (options().readOnly()) {
            throw new BlockException(Errno.EPERM, nodeName() + ": resize: the node is read-only");
        }
        try {
            file.truncate(bytes);
        } catch (HostException e) {
            throw new BlockException(e.errno(), "Could not resize file: " + e.reason(), e);
        }
        length = roundUp(bytes);
        rounded = bytes == length;
        changes.made();
    }

    @Override
    protected void doReopen(NodeOptions changed) throws BlockException {
        if (opensReadOnly && !changed.readOnly()) {
            throw BlockException.refused("Block node '" + nodeName()
                    + "' was opened read-only: add it anew to write to it");
        }
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    protected void doRead(long offset, MemorySegment into) throws BlockException {
        try {
            long bytes = into.byteSize();
            long whole = wholeBlocks(offset, bytes);
            long got = whole == bytes ? file.pread(offset, into) : readTail(offset, into, whole);
            if (got < bytes) {
                into.asSlice(got).fill((byte) 0);
            }
        } catch (HostException e) {
            throw failed(e);
        }
    }

    private long readTail(long offset, MemorySegment into, long whole) throws HostException {
        long got = whole == 0 ? 0 : file.pread(offset, into.asSlice(0, whole));
        return got < whole ? got : whole + buffered.pread(offset + whole, into.asSlice(whole));
    }

    @Override
    protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags)
            throws BlockException {
        long bytes = from.byteSize();
        long whole = wholeBlocks(offset, bytes);
        try {
            growFor(offset + bytes);
            if (whole == bytes) {
                file.pwrite(offset, from);
                return;
            }
            if (whole > 0) {
                file.pwrite(offset, from.asSlice(0, whole));
            }
            buffered.pwrite(offset + whole, from.asSlice(whole));
        } catch (HostException e) {
            throw failed(e);
        } finally {
            changes.made();
        }
    }

    /**
     * How much of a request O_DIRECT takes: all but a last block of the device that is shorter than
     * the alignment.
     */
    private long wholeBlocks(long offset, long bytes) {
        long tail = offset + bytes & limits.requestAlignment() - 1L;
        return bytes - tail;
    }

    /** Gives the file its rounded size before anything in its last sector changes (rule SIZE-1). */
    private void growFor(long end) throws HostException {
        if (!rounded && end > length - SECTOR) {
            // Never shorter than the file is: no write goes past the rounded size.
            file.truncate(length);
            rounded = true;
        }
    }

    @Override
    protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
            throws BlockException {
        try {
            growFor(offset + bytes);
            if (flags.contains(WriteFlag.MAY_UNMAP) && punchHole(offset, bytes)) {
                return;
            }
            zeroRange(offset, bytes);
        } catch (HostException e) {
            throw failed(e);
        } finally {
            changes.made();
        }
    }

    private boolean punchHole(long offset, long bytes) throws HostException {
        if (punchHoleRefused) {
            return false;
        }
        try {
            file.punchHole(offset, bytes);
            return true;
        } catch (HostException e) {
            punchHoleRefused = isUnsupported(e);
            // EINVAL and EBUSY refuse this one range: GPFS does so for ranges that do not suit it.
            if (!punchHoleRefused && e.errno() != Errno.EINVAL && e.errno() != Errno.EBUSY) {
                throw e;
            }
            return false;
        }
    }

    private void zeroRange(long offset, long bytes) throws BlockException, HostException {
        if (zeroRangeRefused) {
            throw refusedBefore("zero-range");
        }
        try {
            file.zeroRange(offset, bytes);
        } catch (HostException e) {
            zeroRangeRefused = isUnsupported(e);
            throw e;
        }
    }

    @Override
    protected void doDiscard(long offset, long bytes) throws BlockException {
        if (punchHoleRefused) {
            throw refusedBefore("punch-hole");
        }
        try {
            file.punchHole(offset, bytes);
        } catch (HostException e) {
            punchHoleRefused = isUnsupported(e);
            throw failed(e);
        } finally {
            changes.made();
        }
    }

    @Override
    protected void doFlush() throws BlockException {
        changes.flush(this::sync);
    }

    @Override
    protected void doStartWriteback() {
        file.startWriteback();
    }

    private void sync() throws BlockException {
        try {
            file.fdatasync();
        } catch (HostException e) {
            throw failed(e);
        }
    }

    @Override
    protected Extent doBlockStatus(long offset, long bytes) throws BlockException {
        try {
            OptionalLong data = file.seekData(offset);
            if (data.isEmpty()) {
                return new Extent(offset, bytes, BlockStatus.ZERO);
            }
            long start = data.getAsLong();
            if (start > offset) {
                return new Extent(offset, Math.min(bytes, start - offset), BlockStatus.ZERO);
            }
            long hole = file.seekHole(offset).orElse(offset);
            if (hole <= offset) {
                return new Extent(offset, Math.min(bytes, UNSURE), BlockStatus.DATA);
            }
            // A file that ends inside its last sector: the rest of the sector goes with the data.
            long end = hole > length - SECTOR ? length : hole;
            return new Extent(offset, Math.min(bytes, end - offset), BlockStatus.DATA);
        } catch (HostException e) {
            if (e.errno() == Errno.EINVAL) {
                // A file system without SEEK_DATA cannot tell.
                return new Extent(offset, bytes, BlockStatus.DATA);
            }
            throw failed(e);
        }
    }

    @Override
    protected void doClose() throws BlockException {
        HostException failure = null;
        for (HostFile open : buffered == null ? List.of(file) : List.of(file, buffered)) {
            try {
                open.close();
            } catch (HostException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failed(failure);
        }
    }

    private static boolean isUnsupported(HostException e) {
        return e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.ENOSYS;
    }

    private BlockException refusedBefore(String call) {
        return new BlockException(Errno.EOPNOTSUPP,
                nodeName() + ": " + call + ": the file system cannot");
    }

    private BlockException failed(HostException e) {
        return new BlockException(e.errno(), nodeName() + ": " + e.getMessage(), e);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.host.HostFile;

/** Files with holes: makes them, and compares them without a look at the holes both have. */
final class SparseFile {
    private static final int BLOCK = 1 << 20;

    private SparseFile() {
    }

    /**
     * Makes a file of {@code size} bytes that is one hole.
     *
     * @throws IOException with the host's reason, EEXIST if the file is there
     */
    static void create(Path path, long size) throws IOException {
        try (HostFile file = HostFile.open(path, HostFile.Option.READ_WRITE, HostFile.Option.CREATE,
                HostFile.Option.EXCLUSIVE)) {
            file.truncate(size);
        }
    }

    /** Where the host says a file may hold data, in order; the rest reads as zero. */
    static List<Extent> data(Path path) throws IOException {
        List<Extent> data = new ArrayList<>();
        try (HostFile file = HostFile.open(path)) {
            OptionalLong start = file.seekData(0);
            while (start.isPresent()) {
                long offset = start.getAsLong();
                long end = file.seekHole(offset).orElse(offset);
                if (end == offset) {
                    throw new IOException(path + ": changed while it was looked at: offset "
                            + offset);
                }
                data.add(new Extent(offset, end - offset, BlockStatus.DATA));
                start = file.seekData(end);
            }
        }
        return data;
    }

    /** The bytes the host has allocated for a file. */
    static long allocatedBytes(Path path) throws IOException {
        try (HostFile file = HostFile.open(path)) {
            return file.allocatedBytes();
        }
    }

    /**
     * The first byte in which two files differ. Whatever one of them may hold as data is read from
     * both by the JDK; what is a hole in both reads as zero in both.
     *
     * @return empty if they are identical; the end of the shorter if only their lengths differ
     */
    static OptionalLong firstDifference(Path one, Path other) throws IOException {
        // Extents that both have are read once.
        Set<Extent> extents = new HashSet<>(data(one));
        extents.addAll(data(other));
        try (FileChannel a = FileChannel.open(one); FileChannel b = FileChannel.open(other)) {
            Reader readerA = new Reader(a, ByteBuffer.allocateDirect(BLOCK));
            Reader readerB = new Reader(b, ByteBuffer.allocateDirect(BLOCK));
            long differs = a.size() == b.size() ? Long.MAX_VALUE : Math.min(a.size(), b.size());
            for (Extent extent : extents) {
                differs = Math.min(differs, firstDifference(readerA, readerB, extent));
            }
            return differs == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(differs);
        }
    }

    private static long firstDifference(Reader a, Reader b, Extent extent) throws IOException {
        for (long offset = extent.offset(); offset < extent.end(); offset += BLOCK) {
            int bytes = (int) Math.min(BLOCK, extent.end() - offset);
            int differs = a.read(offset, bytes).mismatch(b.read(offset, bytes));
            if (differs >= 0) {
                return offset + differs;
            }
        }
        return Long.MAX_VALUE;
    }

    /** A file, and memory to read its blocks into. */
    private record Reader(FileChannel file, ByteBuffer block) {
        /** What the file holds there, fewer bytes only at its end; valid until the next call. */
        ByteBuffer read(long offset, int bytes) throws IOException {
            block.clear().limit(bytes);
            int read = 0;
            while (block.hasRemaining() && read >= 0) {
                read = file.read(block, offset + block.position());
            }
            return block.flip();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import mirrorcheck.engine.block.Extent;

/**
 * A raw image with data in known places, all of it written and flushed to the disk. Every 8 bytes
 * of data differ from zero and from all others, so that whatever lands in the wrong place is seen.
 *
 * @param size length in bytes
 * @param data where it holds data, in order; the rest are holes
 */
record SourceImage(Path path, long size, List<Extent> data) implements AutoCloseable {
    private static final int BLOCK = 1 << 20;
    /** Odd, so that no two 64-bit numbers have the same product, and only 0 has the product 0. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    /**
     * Makes the image, over what the file held before.
     *
     * @param size in bytes, a multiple of {@link SourceShape#SIZE_UNIT} above 0
     * @throws IOException with the host's reason, or if the file system does not keep the holes:
     *         the file is gone then
     */
    static SourceImage create(Path path, SourceShape shape, long size) throws IOException {
        if (size <= 0 || size % SourceShape.SIZE_UNIT != 0) {
            throw new IllegalArgumentException("source: size " + size + ": must be a multiple of "
                    + SourceShape.SIZE_UNIT + " above 0");
        }
        SourceImage image = new SourceImage(path, size, shape.data(size));
        try {
            image.write();
            image.checkHoles();
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
        return image;
    }

    private void write() throws IOException {
        Files.deleteIfExists(path);
        SparseFile.create(path, size);
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (Extent range : data) {
                for (long offset = range.offset(); offset < range.end(); offset += BLOCK) {
                    fill(block.clear().limit((int) Math.min(BLOCK, range.end() - offset)), offset);
                    for (long at = offset; block.hasRemaining();) {
                        at += file.write(block, at);
                    }
                }
            }
            // What is still to be written back would slow down the first mirrors.
            file.force(true);
        }
    }

    private static void fill(ByteBuffer block, long offset) {
        for (int i = 0; i < block.limit(); i += Long.BYTES) {
            block.putLong(i, ((offset + i) / Long.BYTES + 1) * SPREAD);
        }
    }

    /** Were the holes other ones, the counts would be too, and the benchmark would lie by name. */
    private void checkHoles() throws IOException {
        List<Extent> found = SparseFile.data(path);
        if (!found.equals(data)) {
            throw new IOException("source " + path + ": the file system reports " + found.size()
                    + " ranges of data, " + bytes(found) + " bytes; written were " + data.size()
                    + ", " + bytes(data) + " bytes: it does not keep holes of 64 KiB");
        }
    }

    /** The bytes of data it holds. */
    long dataBytes() {
        return bytes(data);
    }

    private static long bytes(List<Extent> ranges) {
        return ranges.stream().mapToLong(Extent::bytes).sum();
    }

    /** Deletes the file. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}

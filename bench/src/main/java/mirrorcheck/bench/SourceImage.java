// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RangeMap.Run;

/**
 * An image with data in known places, all of it on the disk and in the page cache.
 *
 * @param model what it holds: data and holes
 */
record SourceImage(Path path, ImageFormat format, ImageModel model) implements AutoCloseable {
    /**
     * Makes the image, in place of the file that was there before.
     *
     * @param size in bytes, a multiple of {@link SourceShape#SIZE_UNIT} above 0
     * @throws IOException with the host's reason, or if the file system does not keep the holes:
     *         the file is gone then
     */
    static SourceImage create(Path path, ImageFormat format, SourceShape shape, long size)
            throws IOException {
        SourceImage image = new SourceImage(path, format, shape.model(size));
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
        format.create(path, model);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            // What is still to be written back would slow down the first mirrors.
            file.force(true);
        }
        OptionalLong differs = format.firstDifference(path, model);
        if (differs.isPresent()) {
            throw new IOException("source " + path + ": reads back differently: offset "
                    + differs.getAsLong());
        }
    }

    /** Were the holes other ones, the counts would be too, and the benchmark would lie by name. */
    private void checkHoles() throws IOException {
        try (BlockNode node = format.open(path, true)) {
            for (Run<Boolean> run : StatusRuns.of(model, format.statusUnit())) {
                boolean hole = !run.value();
                long end = endOf(node, run.offset(), hole);
                if (end != run.end()) {
                    throw new IOException("source " + path + ": block status is "
                            + (hole ? "a hole" : "data") + " from " + run.offset() + " to " + end
                            + "; expected to " + run.end()
                            + ": the file system does not keep such holes");
                }
            }
        }
    }

    private static long endOf(BlockNode node, long offset, boolean hole) throws BlockException {
        long end = offset;
        while (end < node.length()) {
            Extent extent = node.blockStatus(end, node.length() - end);
            if (extent.status().zero() != hole) {
                break;
            }
            end = extent.end();
        }
        return end;
    }

    /** The length in bytes. */
    long size() {
        return model.size();
    }

    /** Deletes the file. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import mirrorcheck.engine.host.HostFile;
import mirrorcheck.iotests.image.Cell;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RangeMap.Run;
import mirrorcheck.iotests.image.RawImages;
import mirrorcheck.iotests.judge.ContentJudge;

/**
 * A raw image with data in known places, all of it on the disk and in the page cache.
 *
 * @param model what it holds: data and holes
 */
record SourceImage(Path path, ImageModel model) implements AutoCloseable {
    /**
     * Makes the image, in place of the file that was there before.
     *
     * @param size in bytes, a multiple of {@link SourceShape#SIZE_UNIT} above 0
     * @throws IOException with the host's reason, or if the file system does not keep the holes:
     *         the file is gone then
     */
    static SourceImage create(Path path, SourceShape shape, long size) throws IOException {
        SourceImage image = new SourceImage(path, shape.model(size));
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
        RawImages.create(path, model);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            // What is still to be written back would slow down the first mirrors.
            file.force(true);
        }
        OptionalLong differs = ContentJudge.firstDifference(path, model);
        if (differs.isPresent()) {
            throw new IOException("source " + path + ": reads back differently: offset "
                    + differs.getAsLong());
        }
    }

    /** Were the holes other ones, the counts would be too, and the benchmark would lie by name. */
    private void checkHoles() throws IOException {
        try (HostFile file = HostFile.open(path)) {
            for (Run<Cell> run : model.cells()) {
                boolean hole = run.value().readsZero();
                long end = (hole ? file.seekData(run.offset()) : file.seekHole(run.offset()))
                        .orElse(size());
                if (end != run.end()) {
                    throw new IOException("source " + path + ": the file system reports "
                            + (hole ? "a hole" : "data") + " from " + run.offset() + " to " + end
                            + "; expected to " + run.end() + ": it does not keep such holes");
                }
            }
        }
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

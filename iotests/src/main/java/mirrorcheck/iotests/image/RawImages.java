// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mirrorcheck.engine.host.HostFile;
import mirrorcheck.iotests.image.RangeMap.Run;

/** Makes raw image files that hold what a model says, with real holes and real allocated zeroes. */
public final class RawImages {
    private static final int BLOCK = 1 << 20;
    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BLOCK));
    private static final ThreadLocal<ByteBuffer> ZEROES =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BLOCK));

    private RawImages() {
    }

    /**
     * Creates the file with the size and the cells of {@code model}; what was there before is gone.
     *
     * @throws IOException with the host's reason, a full disk among them; the file may then exist
     * in part
     */
    public static void create(Path file, ImageModel model) throws IOException {
        try (HostFile host = HostFile.open(file, HostFile.Option.READ_WRITE, HostFile.Option.CREATE,
                HostFile.Option.TRUNCATE); FileChannel channel =
                FileChannel.open(file, StandardOpenOption.WRITE)) {
            host.truncate(model.size());
            for (Run<Cell> run : model.cells()) {
                switch (run.value().kind()) {
                    case HOLE -> { }
                    case UNWRITTEN -> host.allocate(run.offset(), run.bytes());
                    case ZEROES, DATA -> write(channel, run);
                }
            }
        }
    }

    /**
     * Brings a file to the disk. A host may call zeroes data until the data around them is there
     * (ext4, while it delays allocation), and what it says of a source must not depend on the
     * moment.
     */
    public static void force(Path file) throws IOException {
        try (HostFile host = HostFile.open(file, HostFile.Option.READ_WRITE)) {
            host.fdatasync();
        }
    }

    private static void write(FileChannel channel, Run<Cell> run) throws IOException {
        for (long offset = run.offset(); offset < run.end(); offset += BLOCK) {
            int bytes = (int) Math.min(BLOCK, run.end() - offset);
            ByteBuffer from = (run.value().readsZero() ? ZEROES : BUFFER).get().clear()
                    .limit(bytes);
            if (!run.value().readsZero()) {
                Pattern.fill(from, offset, run.value().pattern());
                from.flip();
            }
            long at = offset;
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        }
    }
}

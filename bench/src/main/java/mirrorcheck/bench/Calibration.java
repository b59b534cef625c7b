// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.engine.host.Buffers;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.host.HostFile;

/**
 * The measure that the gate's times are given in: a plain copy of a file in the page cache, one
 * thread, which ends in the page cache as the gate's mirrors do. It goes past all of the engine but
 * its calls to the host.
 */
final class Calibration implements AutoCloseable {
    private static final long BYTES = 256L << 20;

    private final SourceImage source;
    private final Path target;

    Calibration(ScratchDirectory scratch) throws IOException {
        source = SourceImage.create(scratch.image("calibration-source", ImageFormat.RAW),
                ImageFormat.RAW, SourceShape.DENSE, BYTES);
        target = scratch.image("calibration-target", ImageFormat.RAW);
    }

    /** How long one copy takes, to a file that is new. */
    long nanos() throws IOException {
        MemorySegment buffer = Buffers.take();
        try (HostFile from = HostFile.open(source.path()); HostFile to = HostFile.open(target,
                HostFile.Option.READ_WRITE, HostFile.Option.CREATE)) {
            long start = Clock.SYSTEM.nanoTime();
            for (long offset = 0; offset < BYTES; offset += buffer.byteSize()) {
                from.pread(offset, buffer);
                to.pwrite(offset, buffer);
            }
            return Clock.SYSTEM.nanoTime() - start;
        } finally {
            Buffers.give(buffer);
            Files.deleteIfExists(target);
        }
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}

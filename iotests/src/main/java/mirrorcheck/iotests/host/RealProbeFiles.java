// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import mirrorcheck.engine.host.HostFile;

/** The file system of a directory. */
final class RealProbeFiles implements ProbeFiles {
    private final Path directory;
    private final AtomicInteger files = new AtomicInteger();

    RealProbeFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public File create(boolean direct) throws IOException {
        Path path = directory.resolve(".probe-" + files.incrementAndGet());
        List<HostFile.Option> options = new ArrayList<>(List.of(HostFile.Option.READ_WRITE,
                HostFile.Option.CREATE, HostFile.Option.TRUNCATE));
        if (direct) {
            options.add(HostFile.Option.DIRECT);
        }
        try {
            return new RealFile(path, HostFile.open(path, options.toArray(HostFile.Option[]::new)));
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    @Override
    public long free() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    private record RealFile(Path path, HostFile file) implements File {
        @Override
        public void write(long offset, byte[] from) throws IOException {
            file.pwrite(offset, MemorySegment.ofArray(from));
        }

        @Override
        public void read(long offset, byte[] into) throws IOException {
            file.pread(offset, MemorySegment.ofArray(into));
        }

        @Override
        public void truncate(long bytes) throws IOException {
            file.truncate(bytes);
        }

        @Override
        public void allocate(long offset, long bytes) throws IOException {
            file.allocate(offset, bytes);
        }

        @Override
        public void punchHole(long offset, long bytes) throws IOException {
            file.punchHole(offset, bytes);
        }

        @Override
        public void zeroRange(long offset, long bytes) throws IOException {
            file.zeroRange(offset, bytes);
        }

        @Override
        public OptionalLong seekData(long offset) throws IOException {
            return file.seekData(offset);
        }

        @Override
        public OptionalLong seekHole(long offset) throws IOException {
            return file.seekHole(offset);
        }

        @Override
        public void sync() throws IOException {
            file.fdatasync();
        }

        @Override
        public long allocatedBytes() throws IOException {
            return file.allocatedBytes();
        }

        @Override
        public void close() throws IOException {
            try {
                file.close();
            } finally {
                Files.deleteIfExists(path);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How long a disk had requests in flight, as the host counts it: the time of a copy that no other
 * program could save on this disk.
 */
final class DiskBusy {
    /** Milliseconds in which a request was in flight: the tenth number of the file. */
    private static final int IO_TICKS = 9;

    private final Path statistics;

    /** For the disk of which {@code statistics} tells, as {@code /sys/dev/block/M:N/stat} does. */
    DiskBusy(Path statistics) {
        this.statistics = statistics;
    }

    /** For the disk that a directory lies on. */
    static DiskBusy of(Path directory) throws IOException {
        long device = (Long) Files.getAttribute(directory, "unix:dev");
        // As the C library puts the two together.
        long major = device >> 8 & 0xfff | device >> 32 & ~0xfff;
        long minor = device & 0xff | device >> 12 & ~0xff;
        return new DiskBusy(Path.of("/sys/dev/block/" + major + ":" + minor, "stat"));
    }

    /** Milliseconds since the start of the host; empty if there is no disk, as with tmpfs. */
    OptionalLong millis() throws IOException {
        if (!Files.exists(statistics)) {
            return OptionalLong.empty();
        }
        String[] numbers = Files.readString(statistics).strip().split("\\s+");
        if (numbers.length <= IO_TICKS) {
            throw new IOException(statistics + ": too few numbers: " + numbers.length);
        }
        return OptionalLong.of(Long.parseLong(numbers[IO_TICKS]));
    }
}

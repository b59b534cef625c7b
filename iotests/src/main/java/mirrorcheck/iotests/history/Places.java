// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Where requests go: whole chunks, parts of one, across the edge of two, the tail, where something
 * was before, or anywhere; aligned and not.
 */
final class Places {
    private static final int SECTOR = 512;

    private final long size;
    private final long chunk;
    private final SplittableRandom random;
    private final List<Range> earlier = new ArrayList<>();

    Places(Configuration configuration, SplittableRandom random) {
        this.size = configuration.bytes();
        this.chunk = configuration.granularity();
        this.random = random;
        configuration.layout().forEach(piece -> earlier.add(piece.range()));
    }

    /** Later ranges may lie near this one. */
    void used(Range range) {
        if (range.bytes() > 0) {
            earlier.add(range);
        }
    }

    /** A range inside the image, at least a byte long. */
    Range any() {
        long bytes = Math.min(size, length());
        long offset = Math.clamp(begin(bytes), 0, size - bytes);
        if (random.nextInt(5) > 0) {
            // An image ends with a whole sector, so that this stays inside and is never empty.
            long first = offset / SECTOR * SECTOR;
            long end = Math.ceilDiv(offset + bytes, SECTOR) * SECTOR;
            return new Range(first, Math.min(size, end) - first);
        }
        return new Range(offset, bytes);
    }

    private long length() {
        return switch (random.nextInt(6)) {
            case 0 -> SECTOR;
            case 1 -> 1 + random.nextInt(8192);
            case 2 -> chunk;
            case 3 -> chunk * (1 + random.nextInt(4)) + SECTOR * (random.nextInt(3) - 1L);
            case 4 -> 1 + random.nextLong(chunk);
            default -> 1 + random.nextLong(Math.max(1, size / 2));
        };
    }

    private long begin(long bytes) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> random.nextLong(size) / chunk * chunk;
            case 2 -> random.nextLong(size) / chunk * chunk - bytes / 2;
            case 3 -> size - bytes;
            case 4, 5 -> near(bytes);
            default -> random.nextLong(size);
        };
    }

    private long near(long bytes) {
        if (earlier.isEmpty()) {
            return 0;
        }
        Range other = earlier.get(random.nextInt(earlier.size()));
        return switch (random.nextInt(4)) {
            case 0 -> other.offset();
            case 1 -> other.end() - bytes;
            case 2 -> other.offset() - bytes / 2;
            default -> other.offset() + random.nextLong(other.bytes());
        };
    }
}

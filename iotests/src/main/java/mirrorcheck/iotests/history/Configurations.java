// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import mirrorcheck.iotests.history.Configuration.Piece;

/** Draws the images and the mirror of a history. */
final class Configurations {
    private static final int SECTOR = 512;
    private static final int SMALLEST = 64 << 10;
    private static final List<String> PIECES = List.of("write", "write", "write", "zeroes",
            "unwritten");
    private static final List<String> CREATIONS = List.of("off", "falloc", "full", "old-sparse",
            "old-full");

    private final Kind kind;
    private final SplittableRandom random;

    Configurations(Kind kind, SplittableRandom random) {
        this.kind = kind;
        this.random = random;
    }

    Configuration make() {
        long bytes = bytes();
        List<Piece> layout = layout(bytes);
        Map<String, Object> source = new LinkedHashMap<>();
        if (random.nextInt(3) == 0) {
            source.put("discard", "unmap");
        }
        Map<String, Object> target = new LinkedHashMap<>();
        boolean copied = random.nextInt(8) == 0;
        if (!copied && random.nextInt(3) == 0) {
            target.put("creation", CREATIONS.get(random.nextInt(CREATIONS.size())));
        }
        int unmap = random.nextInt(6);
        if (unmap < 3) {
            target.put("discard", "unmap");
        }
        if (unmap == 0) {
            target.put("detect-zeroes", "unmap");
        } else if (unmap == 3) {
            target.put("detect-zeroes", "on");
        }
        return new Configuration(bytes, layout, copied, source, target,
                mirror(copied, target.get("creation")));
    }

    private long bytes() {
        long whole = (long) SMALLEST << random.nextInt(7);
        return switch (random.nextInt(4)) {
            case 0 -> whole + SECTOR;
            case 1 -> whole + (1 + random.nextInt(127)) * (long) SECTOR;
            default -> whole;
        };
    }

    private List<Piece> layout(long bytes) {
        List<Piece> layout = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            boolean sectors = random.nextInt(3) == 0;
            long unit = sectors ? SECTOR : Math.min(SMALLEST, bytes);
            long begin = random.nextLong(bytes / unit) * unit;
            long length = (1 + random.nextLong(Math.max(1, bytes / unit / 2))) * unit;
            layout.add(new Piece(PIECES.get(random.nextInt(PIECES.size())),
                    new Range(begin, length).within(bytes)));
        }
        return layout;
    }

    private Map<String, Object> mirror(boolean copied, Object creation) {
        Map<String, Object> mirror = new LinkedHashMap<>();
        boolean old = String.valueOf(creation).startsWith("old");
        mirror.put("sync", copied ? List.of("none", "top", "full").get(random.nextInt(3))
                : !old && random.nextInt(6) == 0 ? "top" : "full");
        if (random.nextBoolean()) {
            mirror.put("copy-mode", "write-blocking");
        }
        if (!copied && !old && random.nextInt(6) == 0) {
            mirror.put("target-is-zero", true);
        }
        if (random.nextInt(3) == 0) {
            mirror.put("granularity", (long) SECTOR << random.nextInt(12));
        }
        if (random.nextInt(4) == 0) {
            mirror.put("buf-size", (long) SMALLEST << random.nextInt(6));
        }
        if (kind == Kind.FAULTS && random.nextInt(3) > 0) {
            mirror.put("on-source-error", "ignore");
            mirror.put("on-target-error", "ignore");
        }
        return mirror;
    }
}

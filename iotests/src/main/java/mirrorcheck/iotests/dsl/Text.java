// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import mirrorcheck.iotests.image.Cell;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RangeMap;
import mirrorcheck.iotests.image.RangeMap.Run;

/** How sizes, ranges and images are written in transcripts. */
final class Text {
    private static final String[] UNITS = {"TiB", "GiB", "MiB", "KiB"};

    private Text() {
    }

    /** Exact, in the largest units that fit: {@code 20 MiB}, {@code 64 KiB + 512 B}, {@code 0}. */
    static String size(long bytes) {
        if (bytes <= 0) {
            return Long.toString(bytes);
        }
        List<String> parts = new ArrayList<>();
        long rest = bytes;
        for (int i = 0; i < UNITS.length; i++) {
            long unit = 1L << 10 * (UNITS.length - i);
            if (rest >= unit) {
                parts.add(rest / unit + " " + UNITS[i]);
                rest %= unit;
            }
        }
        if (rest > 0) {
            parts.add(rest + " B");
        }
        return String.join(" + ", parts);
    }

    /** Half-open: {@code [8 MiB, 10 MiB)}. */
    static String range(long offset, long end) {
        return "[" + size(offset) + ", " + size(end) + ")";
    }

    /** What an image holds: {@code 20 MiB, data [8 MiB, 10 MiB)}; holes are not told. */
    static String layout(ImageModel model) {
        StringBuilder text = new StringBuilder(size(model.size()));
        Cell.Kind said = null;
        for (Run<Cell> run : model.cells()) {
            Cell.Kind kind = run.value().kind();
            if (kind != Cell.Kind.HOLE) {
                String word = switch (kind) {
                    case DATA -> "data";
                    case ZEROES -> "zeroes";
                    default -> "unwritten";
                };
                text.append(kind == said ? " " : ", " + word + " ")
                        .append(range(run.offset(), run.end()));
                said = kind;
            }
        }
        return said == null && model.size() > 0 ? text.append(", all hole").toString()
                : text.toString();
    }

    /** Where a map has this value: {@code [0, 64 KiB) [1 MiB, 2 MiB)}; empty if nowhere. */
    static <V> String where(RangeMap<V> map, V value) {
        return map.runs().stream().filter(run -> run.value().equals(value))
                .map(run -> range(run.offset(), run.end())).collect(Collectors.joining(" "));
    }

    /** Options as they are written in QMP: {@code sync=full copy-mode=background}. */
    static String options(java.util.Map<String, ?> options) {
        return options.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(" "));
    }
}

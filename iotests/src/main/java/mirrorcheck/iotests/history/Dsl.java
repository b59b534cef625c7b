// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.ends.Request;

/** How values are written in scripts. */
final class Dsl {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private Dsl() {
    }

    /** Exact, in the largest units that fit: {@code 1.MiB + 64.KiB + 512}. */
    static String size(long bytes) {
        List<String> parts = new ArrayList<>();
        if (bytes >= MIB) {
            parts.add(bytes / MIB + ".MiB");
        }
        if (bytes % MIB >= KIB) {
            parts.add(bytes % MIB / KIB + ".KiB");
        }
        if (bytes % KIB > 0 || bytes == 0) {
            parts.add(Long.toString(bytes % KIB));
        }
        return String.join(" + ", parts);
    }

    static String range(Range range) {
        return size(range.offset()) + ", " + size(range.bytes());
    }

    /** Named arguments behind others: {@code , sync: 'full', 'copy-mode': 'background'}. */
    static String options(Map<String, ?> options) {
        StringBuilder text = new StringBuilder();
        options.forEach((name, value) -> text.append(", ")
                .append(name.matches("[a-z]+") ? name : "'" + name + "'").append(": ")
                .append(value(name, value)));
        return text.toString();
    }

    private static String value(String name, Object value) {
        return switch (value) {
            case Long number when name.equals("times") || name.equals("after") ->
                    number.toString();
            case Long number when name.equals("pattern") -> "0x%02x".formatted(number);
            case Long number -> size(number);
            case Boolean truth -> truth.toString();
            default -> "'" + value + "'";
        };
    }

    /** The word of an image for requests of a kind: {@code writes}. */
    static String requests(Request.Kind kind) {
        return switch (kind) {
            case READ -> "reads";
            case WRITE -> "writes";
            case WRITE_ZEROES -> "writeZeroes";
            case WRITE_ZEROES_UNMAP -> "writeZeroesUnmap";
            case DISCARD -> "discards";
            case BLOCK_STATUS -> "statuses";
            case FLUSH -> throw new IllegalArgumentException("flush: has no range");
        };
    }

    /** The options of a guest's request. */
    static Map<String, Object> options(Step.Guest request) {
        Map<String, Object> options = new LinkedHashMap<>();
        if (request.action() == Step.Action.WRITE) {
            options.put("pattern", (long) request.pattern());
        }
        if (request.unmap()) {
            options.put("unmap", true);
        }
        if (request.fua()) {
            options.put("fua", true);
        }
        return options;
    }

    /** The options of a trap. */
    static Map<String, Object> options(Step.Trap trap) {
        Map<String, Object> options = new LinkedHashMap<>();
        if (!trap.holds()) {
            options.put("errno", trap.errno());
        }
        if (trap.after() > 0) {
            options.put("after", (long) trap.after());
        }
        options.put("times", (long) trap.times());
        return options;
    }
}

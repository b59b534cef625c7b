// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes values as QEMU does: ASCII only, {@code ", "} and {@code ": "} between. */
public final class JsonWriter {
    private static final int INDENT = 4;
    /** Digits that tell all doubles apart, as {@code %.17g} prints them. */
    private static final int DOUBLE_DIGITS = 17;

    private final StringBuilder out = new StringBuilder();
    private final boolean pretty;

    private JsonWriter(boolean pretty) {
        this.pretty = pretty;
    }

    /** A value on one line, without the end of the line. */
    public static String line(Object value) {
        return text(value, false);
    }

    /** A value, over several lines if {@code pretty}. */
    public static String text(Object value, boolean pretty) {
        JsonWriter writer = new JsonWriter(pretty);
        writer.value(value, 0);
        return writer.out.toString();
    }

    private void value(Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case String text -> string(text);
            case Double number -> out.append(number(number));
            case Map<?, ?> map -> map(map, depth);
            case List<?> list -> list(list, depth);
            default -> out.append(value);
        }
    }

    private void map(Map<?, ?> map, int depth) {
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> each = map.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<?, ?> member = each.next();
            newLine(depth + 1);
            string((String) member.getKey());
            out.append(": ");
            value(member.getValue(), depth + 1);
            separate(each.hasNext());
        }
        if (!map.isEmpty()) {
            newLine(depth);
        }
        out.append('}');
    }

    private void list(List<?> list, int depth) {
        out.append('[');
        Iterator<?> each = list.iterator();
        while (each.hasNext()) {
            newLine(depth + 1);
            value(each.next(), depth + 1);
            separate(each.hasNext());
        }
        if (!list.isEmpty()) {
            newLine(depth);
        }
        out.append(']');
    }

    private void separate(boolean more) {
        if (more) {
            out.append(pretty ? "," : ", ");
        }
    }

    private void newLine(int depth) {
        if (pretty) {
            out.append('\n').repeat(' ', depth * INDENT);
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int escape = "\"\\\b\f\n\r\t".indexOf(c);
            if (escape >= 0) {
                out.append('\\').append("\"\\bfnrt".charAt(escape));
            } else if (c >= ' ' && c < '\u007F') {
                out.append(c);
            } else {
                out.append("\\u%04X".formatted((int) c));
            }
        }
        out.append('"');
    }

    /** As C prints a number with {@code %.17g}. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value > 0 ? "0" : "-0";
        }
        BigDecimal rounded = new BigDecimal(value)
                .round(new MathContext(DOUBLE_DIGITS, RoundingMode.HALF_EVEN)).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < DOUBLE_DIGITS) {
            return rounded.toPlainString();
        }
        String digits = rounded.unscaledValue().abs().toString();
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        return (value < 0 ? "-" : "") + digits.charAt(0) + fraction
                + "e%c%02d".formatted(exponent < 0 ? '-' : '+', Math.abs(exponent));
    }
}

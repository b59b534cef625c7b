// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

import java.nio.charset.StandardCharsets;

/** What stands between the quotes of a string token. */
final class JsonStrings {
    private static final int HEX_DIGITS = 4;

    private JsonStrings() {
    }

    /** The text that a string token stands for. */
    static String decode(Token token) throws JsonException {
        String raw = token.text();
        StringBuilder out = new StringBuilder(raw.length());
        int end = raw.length() - 1;
        int at = 1;
        while (at < end) {
            char c = raw.charAt(at);
            if (c == '\\') {
                at = escape(token, at + 1, out);
            } else if (c < 0x80) {
                out.append(c);
                at++;
            } else {
                at = utf8(token, at, end, out);
            }
        }
        return out.toString();
    }

    private static int escape(Token token, int at, StringBuilder out) throws JsonException {
        char c = token.text().charAt(at);
        if (c == 'u') {
            return unicode(token, at - 1, out);
        }
        int plain = "\"'\\/bfnrt".indexOf(c);
        if (plain < 0) {
            throw JsonException.at(token, "invalid escape sequence in string");
        }
        out.append("\"'\\/\b\f\n\r\t".charAt(plain));
        return at + 1;
    }

    /** Decodes an escape of a code point, or of the two halves of one; {@code at} is its backslash. */
    private static int unicode(Token token, int at, StringBuilder out) throws JsonException {
        int first = hex(token.text(), at);
        int next = at + 2 + HEX_DIGITS;
        if (first >= 0 && Character.isHighSurrogate((char) first)) {
            int second = hex(token.text(), next);
            if (second >= 0 && Character.isLowSurrogate((char) second)) {
                first = Character.toCodePoint((char) first, (char) second);
                next += 2 + HEX_DIGITS;
            }
        }
        if (!isCharacter(first)) {
            String text = token.text();
            throw JsonException.at(token, text.substring(at, Math.min(at + 2 + HEX_DIGITS,
                    text.length())) + " is not a valid Unicode character");
        }
        out.appendCodePoint(first);
        return next;
    }

    /** The four digits of a Unicode escape that begins here, or -1 if none does. */
    private static int hex(String text, int at) {
        if (!text.startsWith("\\u", at) || at + 2 + HEX_DIGITS > text.length()) {
            return -1;
        }
        int value = 0;
        for (int i = at + 2; i < at + 2 + HEX_DIGITS; i++) {
            char c = text.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static int utf8(Token token, int at, int end, StringBuilder out) throws JsonException {
        String raw = token.text();
        char lead = raw.charAt(at);
        int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (at + length <= end) {
            String one = bytes(raw.substring(at, at + length));
            if (one.codePointCount(0, one.length()) == 1 && one.charAt(0) != '\uFFFD'
                    && isCharacter(one.codePointAt(0))) {
                out.append(one);
                return at + length;
            }
            if (lead == 0xEF && raw.startsWith("\u00EF\u00BF\u00BD", at)) {
                out.append('\uFFFD');
                return at + length;
            }
        }
        throw JsonException.at(token, "invalid UTF-8 sequence in string");
    }

    /** The text of bytes that stand one in a character; what is no UTF-8 becomes U+FFFD. */
    static String bytes(String raw) {
        return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Neither half of a pair nor one of the code points that Unicode calls noncharacters. */
    private static boolean isCharacter(int codePoint) {
        return codePoint >= 0 && (codePoint < 0xD800 || codePoint > 0xDFFF)
                && (codePoint < 0xFDD0 || codePoint > 0xFDEF) && (codePoint & 0xFFFE) != 0xFFFE;
    }
}

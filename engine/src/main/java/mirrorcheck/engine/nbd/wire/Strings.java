// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Strings of the protocol: UTF-8, not terminated, at most {@link #MAX_BYTES}. */
public final class Strings {
    /** The longest string, in bytes. */
    public static final int MAX_BYTES = 4096;

    private Strings() {
    }

    /** The bytes of a string. */
    public static byte[] encode(String text) {
        return text.getBytes(UTF_8);
    }

    /** The bytes of a string, cut to {@link #MAX_BYTES} at the end of a character. */
    public static byte[] encodeCut(String text) {
        byte[] bytes = encode(text);
        int end = Math.min(bytes.length, MAX_BYTES);
        while (end < bytes.length && (bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    /** Takes that many bytes as a string; what is no UTF-8 becomes the replacement character. */
    public static String take(ByteBuffer from, int bytes) {
        byte[] text = new byte[bytes];
        from.get(text);
        return new String(text, UTF_8);
    }

    /** Writes a length of 32 bits and the string. */
    static void putCounted(ByteBuffer to, byte[] text) {
        to.putInt(text.length).put(text);
    }

    /** Takes a string that follows its length of 32 bits. */
    static String takeCounted(String field, ByteBuffer from) throws WireException {
        need(field + " length", from, Integer.BYTES);
        long bytes = Integer.toUnsignedLong(from.getInt());
        WireException.checkRange(field + " length", bytes, 0,
                Math.min(MAX_BYTES, from.remaining()));
        return take(from, (int) bytes);
    }

    static void need(String field, ByteBuffer from, int bytes) throws WireException {
        if (from.remaining() < bytes) {
            throw new WireException(field + ": cut off: " + from.remaining() + " of " + bytes
                    + " bytes left");
        }
    }

    static void checkEnd(String what, ByteBuffer from) throws WireException {
        WireException.checkRange(what + ": bytes left over", from.remaining(), 0, 0);
    }
}

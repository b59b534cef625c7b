// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import java.io.IOException;

/**
 * The peer sent something that the protocol forbids. The message names the field, its value and
 * what it may be.
 */
public final class WireException extends IOException {
    private static final long serialVersionUID = 1L;

    /** An error with this text, {@code message: field value: bound}. */
    public WireException(String message) {
        super(message);
    }

    static void checkMagic(String what, long expected, long actual) throws WireException {
        if (actual != expected) {
            throw new WireException(what + ": magic 0x" + Long.toHexString(actual)
                    + ": must be 0x" + Long.toHexString(expected));
        }
    }

    /** Refuses a number that is not within {@code [least, most]}. */
    public static void checkRange(String field, long value, long least, long most)
            throws WireException {
        if (value < least || value > most) {
            String bound = least == most ? "must be " + least : "must be " + least + " to " + most;
            throw new WireException(field + " " + value + ": " + bound);
        }
    }
}

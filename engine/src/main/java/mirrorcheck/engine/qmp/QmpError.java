// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

/** A command that was refused: what a client reads in {@code error}. */
public final class QmpError extends Exception {
    private static final long serialVersionUID = 1L;

    /** The classes that QMP tells errors apart by (QapiErrorClass). */
    public enum Kind {
        GENERIC("GenericError"),
        COMMAND_NOT_FOUND("CommandNotFound"),
        DEVICE_NOT_ACTIVE("DeviceNotActive");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The word on the wire. */
        public String word() {
            return word;
        }
    }

    private final Kind kind;

    public QmpError(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** An error of the class that almost all are of. */
    public static QmpError generic(String message) {
        return new QmpError(Kind.GENERIC, message);
    }

    public Kind kind() {
        return kind;
    }
}

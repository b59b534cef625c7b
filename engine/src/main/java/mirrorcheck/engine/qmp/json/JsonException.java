// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

/** Input that is not JSON. The message is the text that a client of QMP reads. */
public final class JsonException extends Exception {
    private static final long serialVersionUID = 1L;

    JsonException(String message) {
        super(message, null, false, false);
    }

    static JsonException at(Token token, String what) {
        return new JsonException(
                token.line() + ":" + token.column() + ": JSON parse error, " + what);
    }
}

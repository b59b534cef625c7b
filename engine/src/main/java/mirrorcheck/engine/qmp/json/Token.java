// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

/**
 * A token of the input.
 *
 * @param text   its bytes, one a character, quotes included
 * @param line   where it begins, counted from 1 since the beginning of the input
 * @param column as the line, in bytes
 */
record Token(Kind kind, String text, long line, long column) {
    enum Kind {
        LEFT_BRACE, RIGHT_BRACE, LEFT_BRACKET, RIGHT_BRACKET, COMMA, COLON,
        STRING, INTEGER, FLOAT, KEYWORD,
        /** Bytes that cannot begin or go on with any token. */
        STRAY,
        /** A token that is longer than {@link JsonLexer#MAX_TOKEN_BYTES}. */
        TOO_LONG
    }
}

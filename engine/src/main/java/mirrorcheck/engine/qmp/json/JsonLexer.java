// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

import static mirrorcheck.engine.qmp.json.Token.Kind;

import java.util.function.Consumer;

/**
 * Cuts a stream of bytes into tokens, as they come.
 *
 * <p>A byte that fits nowhere makes a {@code STRAY} token of itself and of the token it broke. What
 * follows is then skipped up to a structural character, a control character or a byte that UTF-8
 * does not have (0xFE, 0xFF): a client that lost its place sends one of these to begin anew.
 *
 * <p>A token that is begun by the byte that ended the one before is reported one column too far to
 * the right, as QEMU 11.1 does: error texts are part of what clients compare.
 */
final class JsonLexer {
    /** The longest token, as in QEMU: 64 MiB. */
    static final int MAX_TOKEN_BYTES = 64 << 20;

    private static final int FIRST_PRINTABLE = 0x20;
    private static final int FIRST_NEVER_UTF8 = 0xFE;

    private enum State {
        START, RECOVERY, STRING, ESCAPE, MINUS, ZERO, DIGITS, POINT, FRACTION, EXPONENT, SIGN,
        EXPONENT_DIGITS, KEYWORD
    }

    private final Consumer<Token> sink;
    private final StringBuilder text = new StringBuilder();
    private State state = State.START;
    private int quote;
    private long line = 1;
    private long column;
    private long startLine;
    private long startColumn;

    JsonLexer(Consumer<Token> sink) {
        this.sink = sink;
    }

    /** Takes the next byte, 0 to 255. */
    void accept(int b) {
        column++;
        if (!step(b, column)) {
            // The byte ended a token without being part of it: it is looked at again.
            step(b, column + 1);
        }
        if (b == '\n') {
            line++;
            column = 0;
        }
    }

    /** Ends the input: a token that could have gone on is complete. */
    void end() {
        accept(' ');
    }

    /** Where the next byte would be. */
    Token here(Kind kind) {
        return new Token(kind, "", line, column + 1);
    }

    private boolean step(int b, long at) {
        return switch (state) {
            case START -> start(b, at);
            case RECOVERY -> recover(b);
            case STRING -> string(b);
            case ESCAPE -> b < FIRST_PRINTABLE || b >= FIRST_NEVER_UTF8 ? stray(b)
                    : go(b, State.STRING);
            case KEYWORD -> isLetter(b) ? go(b, State.KEYWORD) : emit(Kind.KEYWORD);
            default -> number(b);
        };
    }

    private boolean start(int b, long at) {
        startLine = line;
        startColumn = at;
        return switch (b) {
            case ' ', '\t', '\r', '\n' -> true;
            case '{' -> structural(b, Kind.LEFT_BRACE);
            case '}' -> structural(b, Kind.RIGHT_BRACE);
            case '[' -> structural(b, Kind.LEFT_BRACKET);
            case ']' -> structural(b, Kind.RIGHT_BRACKET);
            case ',' -> structural(b, Kind.COMMA);
            case ':' -> structural(b, Kind.COLON);
            case '"', '\'' -> {
                quote = b;
                yield go(b, State.STRING);
            }
            case '-' -> go(b, State.MINUS);
            case '0' -> go(b, State.ZERO);
            default -> isDigit(b) ? go(b, State.DIGITS)
                    : isLetter(b) ? go(b, State.KEYWORD) : stray(b);
        };
    }

    private boolean recover(int b) {
        boolean ends = b < FIRST_PRINTABLE && b != '\t' || b >= FIRST_NEVER_UTF8
                || "{}[],:".indexOf(b) >= 0;
        if (ends) {
            state = State.START;
        }
        return !ends;
    }

    private boolean string(int b) {
        if (b < FIRST_PRINTABLE || b >= FIRST_NEVER_UTF8) {
            return stray(b);
        }
        if (b == '\\') {
            return go(b, State.ESCAPE);
        }
        go(b, State.STRING);
        if (b == quote) {
            emit(Kind.STRING);
        }
        return true;
    }

    private boolean number(int b) {
        boolean digit = isDigit(b);
        return switch (state) {
            case MINUS -> b == '0' ? go(b, State.ZERO) : digit ? go(b, State.DIGITS) : stray(b);
            case ZERO -> digit ? stray(b) : afterInteger(b);
            case DIGITS -> digit ? go(b, State.DIGITS) : afterInteger(b);
            case POINT -> digit ? go(b, State.FRACTION) : stray(b);
            case FRACTION -> digit ? go(b, State.FRACTION)
                    : isExponent(b) ? go(b, State.EXPONENT) : emit(Kind.FLOAT);
            case EXPONENT -> b == '+' || b == '-' ? go(b, State.SIGN)
                    : digit ? go(b, State.EXPONENT_DIGITS) : stray(b);
            case SIGN -> digit ? go(b, State.EXPONENT_DIGITS) : stray(b);
            case EXPONENT_DIGITS -> digit ? go(b, State.EXPONENT_DIGITS) : emit(Kind.FLOAT);
            default -> throw new IllegalStateException("not in a number: " + state);
        };
    }

    private boolean afterInteger(int b) {
        return b == '.' ? go(b, State.POINT)
                : isExponent(b) ? go(b, State.EXPONENT) : emit(Kind.INTEGER);
    }

    private boolean structural(int b, Kind kind) {
        text.append((char) b);
        emit(kind);
        return true;
    }

    /** Takes the byte into the token. */
    private boolean go(int b, State next) {
        text.append((char) b);
        state = next;
        if (text.length() > MAX_TOKEN_BYTES) {
            emit(Kind.TOO_LONG);
            state = State.RECOVERY;
        }
        return true;
    }

    private boolean stray(int b) {
        text.append((char) b);
        emit(Kind.STRAY);
        state = State.RECOVERY;
        return true;
    }

    /** Ends the token before the byte at hand, which is still to be looked at. */
    private boolean emit(Kind kind) {
        Token token = new Token(kind, text.toString(), startLine, startColumn);
        text.setLength(0);
        state = State.START;
        sink.accept(token);
        return false;
    }

    private static boolean isDigit(int b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isLetter(int b) {
        return b >= 'a' && b <= 'z';
    }

    private static boolean isExponent(int b) {
        return b == 'e' || b == 'E';
    }
}

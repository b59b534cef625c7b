// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads values out of bytes as they come, and is told of each value and each error at once.
 *
 * <p>After an error in the grammar the rest of the value is skipped: up to where its braces and
 * brackets are balanced, or are closed more often than opened. After an error in a token everything
 * begun so far is given up. Limits as in QEMU: 1024 levels, 2 Mi tokens, 64 MiB in a token.
 */
public final class JsonReader {
    /** How many braces and brackets may be open. */
    public static final int MAX_DEPTH = 1024;
    /** How many tokens a value may have. */
    static final int MAX_TOKENS = 2 << 20;

    /** Who wants the values; called in the middle of {@link JsonReader#feed}. */
    public interface Handler {
        /** A complete value. */
        void value(Object value);

        /** Input that was no value. */
        void error(JsonException error);
    }

    private enum Expect {
        VALUE, FIRST_VALUE, KEY, FIRST_KEY, COLON, NEXT_VALUE, NEXT_KEY
    }

    private static final class Level {
        final List<Object> list;
        final Map<String, Object> map;
        String key;

        Level(boolean isMap) {
            list = isMap ? null : new ArrayList<>();
            map = isMap ? new LinkedHashMap<>() : null;
        }

        Object value() {
            return map != null ? map : list;
        }
    }

    private final Handler handler;
    private final JsonLexer lexer = new JsonLexer(this::token);
    private final Deque<Level> levels = new ArrayDeque<>();
    private Expect expect = Expect.VALUE;
    private int braces;
    private int brackets;
    private int tokens;
    private boolean skipping;

    public JsonReader(Handler handler) {
        this.handler = handler;
    }

    /** Takes the next bytes. */
    public void feed(byte[] bytes, int from, int count) {
        for (int i = from; i < from + count; i++) {
            lexer.accept(bytes[i] & 0xFF);
        }
    }

    /**
     * Reads a text that holds one value.
     *
     * @throws JsonException if it does not hold exactly one
     */
    public static Object parse(byte[] text) throws JsonException {
        One one = new One();
        JsonReader reader = new JsonReader(one);
        reader.feed(text, 0, text.length);
        Token end = reader.lexer.here(Token.Kind.STRAY);
        reader.lexer.end();
        if (one.count > 0 && (one.count > 1 || one.error != null || reader.isInside())) {
            throw new JsonException("Expecting at most one JSON value");
        }
        if (one.error != null) {
            throw one.error;
        }
        if (one.count == 0) {
            throw JsonException.at(end, "premature end of input");
        }
        return one.value;
    }

    private static final class One implements Handler {
        private Object value;
        private JsonException error;
        private int count;

        @Override
        public void value(Object complete) {
            value = complete;
            count++;
        }

        @Override
        public void error(JsonException first) {
            if (error == null) {
                error = first;
            }
        }
    }

    private boolean isInside() {
        return !levels.isEmpty();
    }

    private void token(Token token) {
        tokens++;
        switch (token.kind()) {
            case LEFT_BRACE -> braces++;
            case RIGHT_BRACE -> braces--;
            case LEFT_BRACKET -> brackets++;
            case RIGHT_BRACKET -> brackets--;
            case STRAY, TOO_LONG -> {
                lexicalError(token);
                return;
            }
            default -> { }
        }
        if (!skipping) {
            try {
                checkLimits();
                take(token);
            } catch (JsonException e) {
                levels.clear();
                skipping = true;
                handler.error(e);
            }
        }
        if (skipping ? isBalanced() : levels.isEmpty()) {
            reset();
        }
    }

    private void lexicalError(Token token) {
        boolean silent = skipping;
        reset();
        if (silent) {
            return;
        }
        if (token.kind() == Token.Kind.TOO_LONG) {
            handler.error(new JsonException("JSON token size limit exceeded"));
            return;
        }
        // QEMU prints the token as a C string, which ends at a zero byte.
        String text = token.text().split("\0", 2)[0];
        handler.error(JsonException.at(token, "stray '" + JsonStrings.bytes(text) + "'"));
    }

    private void checkLimits() throws JsonException {
        if (braces + brackets > MAX_DEPTH) {
            throw new JsonException("JSON nesting depth limit exceeded");
        }
        if (tokens > MAX_TOKENS) {
            throw new JsonException("JSON token count limit exceeded");
        }
    }

    private boolean isBalanced() {
        return braces < 0 || brackets < 0 || braces == 0 && brackets == 0;
    }

    private void reset() {
        levels.clear();
        expect = Expect.VALUE;
        braces = 0;
        brackets = 0;
        tokens = 0;
        skipping = false;
    }

    private void take(Token token) throws JsonException {
        switch (expect) {
            case FIRST_KEY -> {
                if (token.kind() == Token.Kind.RIGHT_BRACE) {
                    close(token);
                } else {
                    key(token);
                }
            }
            case KEY -> key(token);
            case COLON -> {
                require(token, Token.Kind.COLON, "expecting ':'");
                expect = Expect.VALUE;
            }
            case FIRST_VALUE -> {
                if (token.kind() == Token.Kind.RIGHT_BRACKET) {
                    close(token);
                } else {
                    begin(token);
                }
            }
            case VALUE -> begin(token);
            case NEXT_KEY -> next(token, Token.Kind.RIGHT_BRACE, '}', Expect.KEY);
            case NEXT_VALUE -> next(token, Token.Kind.RIGHT_BRACKET, ']', Expect.VALUE);
        }
    }

    private void key(Token token) throws JsonException {
        require(token, Token.Kind.STRING, "expecting key");
        levels.peek().key = JsonStrings.decode(token);
        expect = Expect.COLON;
    }

    private void next(Token token, Token.Kind end, char closing, Expect more)
            throws JsonException {
        if (token.kind() == end) {
            close(token);
        } else {
            require(token, Token.Kind.COMMA, "expected ',' or '" + closing + "'");
            expect = more;
        }
    }

    private static void require(Token token, Token.Kind kind, String otherwise)
            throws JsonException {
        if (token.kind() != kind) {
            throw JsonException.at(token, otherwise);
        }
    }

    private void begin(Token token) throws JsonException {
        switch (token.kind()) {
            case LEFT_BRACE -> {
                levels.push(new Level(true));
                expect = Expect.FIRST_KEY;
            }
            case LEFT_BRACKET -> {
                levels.push(new Level(false));
                expect = Expect.FIRST_VALUE;
            }
            case STRING -> complete(token, JsonStrings.decode(token));
            case INTEGER -> complete(token, integer(token.text()));
            case FLOAT -> complete(token, Double.valueOf(token.text()));
            case KEYWORD -> complete(token, keyword(token));
            default -> throw JsonException.at(token, "expecting value");
        }
    }

    private void close(Token token) throws JsonException {
        complete(token, levels.pop().value());
    }

    private void complete(Token token, Object value) throws JsonException {
        Level level = levels.peek();
        if (level == null) {
            handler.value(value);
        } else if (level.list != null) {
            level.list.add(value);
            expect = Expect.NEXT_VALUE;
        } else {
            if (level.map.containsKey(level.key)) {
                throw JsonException.at(token, "duplicate key");
            }
            level.map.put(level.key, value);
            expect = Expect.NEXT_KEY;
        }
    }

    /** Integers that fit neither 64 bits with a sign nor without are rounded to a double. */
    private static Object integer(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            BigInteger value = new BigInteger(text);
            return value.signum() > 0 && value.bitLength() <= Long.SIZE ? value
                    : Double.valueOf(text);
        }
    }

    private static Object keyword(Token token) throws JsonException {
        return switch (token.text()) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> throw JsonException.at(token, "invalid keyword '" + token.text() + "'");
        };
    }
}

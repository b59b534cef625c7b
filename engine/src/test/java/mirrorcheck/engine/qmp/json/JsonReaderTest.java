// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Holds the reader to what QEMU 11.1 answered to the same bytes. */
class JsonReaderTest {
    private static final String EXPECTED_ARRAY = "expected ',' or ']'";

    /** Collects what a reader finds, values as JSON text and errors as their message. */
    private static final class Found implements JsonReader.Handler {
        final List<String> all = new ArrayList<>();
        boolean kindsOnly;

        @Override
        public void value(Object value) {
            String kind = value instanceof Map<?, ?> ? "object" : "no object";
            all.add(kindsOnly ? kind : JsonWriter.line(value));
        }

        @Override
        public void error(JsonException error) {
            all.add(error.getMessage());
        }
    }

    private static List<String> read(byte[] input) {
        Found found = new Found();
        new JsonReader(found).feed(input, 0, input.length);
        return found.all;
    }

    private static List<String> read(String input) {
        return read(input.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Lines of {@code dialect.csv}: bytes with the escapes of Java, then what comes of them.
     * "JSON parse error" is left out of the texts.
     */
    @ParameterizedTest
    @CsvFileSource(resources = "dialect.csv", delimiter = '\t', quoteCharacter = '\0',
            ignoreLeadingAndTrailingWhitespace = false)
    void dialect(String input, String expected) {
        Found found = new Found();
        found.kindsOnly = true;
        byte[] bytes = input.translateEscapes().getBytes(StandardCharsets.ISO_8859_1);
        new JsonReader(found).feed(bytes, 0, bytes.length);
        String wanted = expected == null ? "" : expected.translateEscapes();
        assertEquals(wanted, String.join(" | ", found.all).replace("JSON parse error, ", ""));
    }

    @Test
    void aValueMayComeByteByByte() {
        Found found = new Found();
        JsonReader reader = new JsonReader(found);
        byte[] input = "{'a': [1, \"b\\u00e9\", tr".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < input.length; i++) {
            reader.feed(input, i, 1);
        }
        assertEquals(List.of(), found.all);
        byte[] rest = "ue]}7 ".getBytes(StandardCharsets.UTF_8);
        reader.feed(rest, 0, rest.length);
        assertEquals(List.of("{\"a\": [1, \"b\\u00E9\", true]}", "7"), found.all);
    }

    @Test
    void depthIsLimitedTo1024AndTheRestIsSkipped() {
        String most = "[".repeat(1024) + "]".repeat(1024);
        assertEquals(1, read(most).size());
        assertTrue(read(most).getFirst().startsWith("[[["));
        assertEquals(List.of("JSON nesting depth limit exceeded", "{}"),
                read("[" + most + "] {}"));
        assertEquals(List.of("1:4: JSON parse error, " + EXPECTED_ARRAY, "{}"),
                read("[1 2" + "[".repeat(2000) + "]".repeat(2001) + "{}"));
    }

    @Test
    void numberOfTokensIsLimited() {
        int most = JsonReader.MAX_TOKENS / 2;
        assertEquals(1, read("[" + "1,".repeat(most - 2) + "1]").size());
        assertEquals(List.of("JSON token count limit exceeded", "{}"),
                read("[" + "1,".repeat(most + 2) + "1] {}"));
    }

    @Test
    void lengthOfATokenIsLimitedAndTheRestOfItSkipped() {
        Found found = new Found();
        JsonReader reader = new JsonReader(found);
        byte[] part = "a".repeat(1 << 20).getBytes(StandardCharsets.ISO_8859_1);
        reader.feed(new byte[] {'['}, 0, 1);
        reader.feed(new byte[] {'"'}, 0, 1);
        for (int i = 0; i < 70; i++) {
            reader.feed(part, 0, part.length);
        }
        byte[] rest = "\"\n{}".getBytes(StandardCharsets.ISO_8859_1);
        reader.feed(rest, 0, rest.length);
        assertEquals(List.of("JSON token size limit exceeded", "{}"), found.all);
    }

    @Test
    void oneValueOfAText() throws JsonException {
        assertEquals("{\"a\": 1}", JsonWriter.line(JsonReader.parse(bytes("{'a':1}"))));
        assertEquals("12", JsonWriter.line(JsonReader.parse(bytes("12"))));
        assertParseError("", "1:1: JSON parse error, premature end of input");
        assertParseError("{\"driver\":", "1:11: JSON parse error, premature end of input");
        assertParseError("{", "1:2: JSON parse error, premature end of input");
        assertParseError("{}{}", "Expecting at most one JSON value");
        assertParseError("{} x", "Expecting at most one JSON value");
        assertParseError("{} {", "Expecting at most one JSON value");
        assertParseError("{bad", "1:2: JSON parse error, expecting key");
    }

    private static void assertParseError(String text, String message) {
        assertEquals(message, assertThrows(JsonException.class,
                () -> JsonReader.parse(bytes(text))).getMessage());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonWriterTest {
    /** What QEMU 11.1 echoed as {@code id}. */
    @ParameterizedTest
    @CsvSource({
        "1.0, 1", "0.1, 0.10000000000000001", "1e400, inf", "-1e400, -inf", "-1e-400, -0",
        "1e22, 1e+22", "123456789.123456789, 123456789.12345679",
        "-9223372036854775808, -9223372036854775808",
        "-9223372036854775809, -9.2233720368547758e+18",
        "9223372036854775808, 9223372036854775808",
        "18446744073709551615, 18446744073709551615",
        "18446744073709551616, 1.8446744073709552e+19", "-0.0, -0", "-0, 0", "1E+5, 100000",
        "5e-324, 4.9406564584124654e-324", "100000000000000000000.0, 1e+20", "1e17, 1e+17",
        "1e16, 10000000000000000", "1.5, 1.5", "0.0001, 0.0001", "0.00001, 1.0000000000000001e-05",
        "true, true", "null, null",
    })
    void numbers(String input, String output) throws JsonException {
        assertEquals(output, JsonWriter.line(
                JsonReader.parse(input.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void stringsAreAscii() {
        assertEquals("\"/\\b\\f\\n\\r\\t\\\"'\\\\ <>&\"",
                JsonWriter.line("/\b\f\n\r\t\"'\\ <>&"));
        assertEquals("\"\\u007F \\u00E9 \\u20AC \\uD83D\\uDE00 \\u0000\"",
                JsonWriter.line("\u007f \u00e9 \u20ac \uD83D\uDE00 \0"));
    }

    @Test
    void membersAreSeparatedAsQemuDoes() {
        assertEquals("{\"a\": [1, {}, []], \"b\": {\"c\": null}}", JsonWriter.line(
                JsonObject.of("a", List.of(1L, Map.of(), List.of()),
                        "b", JsonObject.of("c", null))));
    }

    @Test
    void prettyTextIsIndentedByFour() {
        assertEquals("""
                {
                    "a": [
                        1,
                        2
                    ],
                    "b": {
                    }
                }""".replace("{\n    }", "{}"), JsonWriter.text(
                JsonObject.of("a", List.of(1L, 2L), "b", Map.of()), true));
    }
}

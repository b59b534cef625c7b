// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.schema;

import static mirrorcheck.engine.qmp.schema.Type.Member.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.qmp.QmpError;
import mirrorcheck.engine.qmp.json.JsonObject;
import mirrorcheck.engine.qmp.schema.Check.Input;
import mirrorcheck.engine.qmp.schema.Type.Alternate;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;
import org.junit.jupiter.api.Test;

/** A child is named, described, or null where there may be none. */
class AlternateTest {
    private static final Struct CHILD = Struct.of("Child", optional("size", Scalar.INTEGER));
    private static final Struct PARENT = Struct.of("Parent",
            optional("file", new Alternate("Ref", CHILD, false)),
            optional("backing", new Alternate("RefOrNull", CHILD, true)));

    private static Arguments check(String name, Object value) throws QmpError {
        Map<String, Object> members = new HashMap<>();
        members.put(name, value);
        return Check.object(PARENT, members, Input.JSON);
    }

    @Test
    void nullIsOneOfThemWhereTheTypeSaysSo() throws Exception {
        Arguments none = check("backing", null);
        assertTrue(none.has("backing"));
        assertNull(none.string("backing"));
        assertNull(none.object("backing"));
        assertEquals("n", check("backing", "n").string("backing"));
        assertEquals(5, check("backing", Map.of("size", 5L)).object("backing")
                .integer("size", 0));
        assertEquals("Invalid parameter type for 'file', expected: Ref",
                assertThrows(QmpError.class, () -> check("file", null)).getMessage());
        assertEquals("Invalid parameter type for 'backing', expected: RefOrNull",
                assertThrows(QmpError.class, () -> check("backing", 5L)).getMessage());
    }

    @Test
    void introspectionListsWhatItMayBe() {
        SchemaInfo info = new SchemaInfo();
        info.event("E", PARENT);
        List<Integer> kinds = info.entries().stream()
                .filter(entry -> entry.get("meta-type").equals("alternate"))
                .map(entry -> ((List<?>) entry.get("members")).size()).toList();
        assertEquals(List.of(2, 3), kinds);
        assertTrue(info.entries().contains(JsonObject.of("name", "null", "meta-type", "builtin",
                "json-type", "null")));
    }
}

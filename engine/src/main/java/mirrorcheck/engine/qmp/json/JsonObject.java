// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

import java.util.LinkedHashMap;
import java.util.Map;

/** Objects whose members are written in the order in which they are given. */
public final class JsonObject {
    private JsonObject() {
    }

    /** An object that can grow. */
    public static Map<String, Object> of(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }
}

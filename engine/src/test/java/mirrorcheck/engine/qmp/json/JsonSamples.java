// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.json;

import java.util.LinkedHashMap;
import java.util.Map;

/** Short ways to write values in tests. */
public final class JsonSamples {
    private JsonSamples() {
    }

    /** An object of names and values in turn. */
    public static Map<String, Object> map(Object... members) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            map.put((String) members[i], members[i + 1]);
        }
        return map;
    }
}

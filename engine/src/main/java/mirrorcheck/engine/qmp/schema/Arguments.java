// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.driver.Options;

/** Members of an object that were checked: what is asked for by a type that it has, is there. */
public final class Arguments implements Options {
    private final Map<String, Object> members;

    Arguments(Map<String, Object> members) {
        this.members = members;
    }

    @Override
    public boolean has(String name) {
        return members.containsKey(name);
    }

    @Override
    public String string(String name) {
        return (String) members.get(name);
    }

    @Override
    public String string(String name, String otherwise) {
        return has(name) ? string(name) : otherwise;
    }

    @Override
    public boolean bool(String name, boolean otherwise) {
        return has(name) ? (Boolean) members.get(name) : otherwise;
    }

    @Override
    public long integer(String name, long otherwise) {
        return has(name) ? (Long) members.get(name) : otherwise;
    }

    @Override
    public Arguments object(String name) {
        return members.get(name) instanceof Map<?, ?> inner ? arguments(inner) : null;
    }

    @Override
    public List<Arguments> objects(String name) {
        List<Arguments> out = new ArrayList<>();
        if (members.get(name) instanceof List<?> list) {
            list.forEach(each -> out.add(arguments((Map<?, ?>) each)));
        }
        return out;
    }

    /** All of it, in the order of the schema. */
    public Map<String, Object> asMap() {
        return members;
    }

    private static Arguments arguments(Map<?, ?> inner) {
        Map<String, Object> copy = new LinkedHashMap<>();
        inner.forEach((key, value) -> copy.put((String) key, value));
        return new Arguments(copy);
    }
}

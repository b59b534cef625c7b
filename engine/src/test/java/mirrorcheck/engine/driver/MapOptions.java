// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Options from a map, whose values are of the types that drivers ask for. */
record MapOptions(Map<String, Object> values) implements Options {
    /** Names and values in turn. */
    static MapOptions of(Object... namesAndValues) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return new MapOptions(values);
    }

    @Override
    public boolean has(String name) {
        return values.containsKey(name);
    }

    @Override
    public String string(String name) {
        return values.get(name) instanceof MapOptions ? null : (String) values.get(name);
    }

    @Override
    public String string(String name, String otherwise) {
        return has(name) ? string(name) : otherwise;
    }

    @Override
    public boolean bool(String name, boolean otherwise) {
        return has(name) ? (Boolean) values.get(name) : otherwise;
    }

    @Override
    public long integer(String name, long otherwise) {
        return has(name) ? (Long) values.get(name) : otherwise;
    }

    @Override
    public Options object(String name) {
        return values.get(name) instanceof MapOptions inner ? inner : null;
    }

    @Override
    public List<Options> objects(String name) {
        return values.get(name) instanceof List<?> list
                ? list.stream().map(Options.class::cast).toList() : List.of();
    }
}

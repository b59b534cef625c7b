// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mirrorcheck.engine.qmp.json.JsonException;
import mirrorcheck.engine.qmp.json.JsonReader;
import mirrorcheck.engine.qmp.schema.Check.Input;

/**
 * The value of an option: {@code driver=raw,file.driver=file,file.filename=x}, or the same as JSON.
 *
 * <p>A comma in a value is written twice. Numbers for names make a list.
 *
 * @param members what was given: strings, maps and lists of them, or the values of the JSON
 * @param input   which of the two it is
 */
public record KeyValues(Map<String, Object> members, Input input) {
    private static final Pattern FRAGMENT = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*|[0-9]+");
    private static final Pattern PART = Pattern.compile("(?:[^,]|,,)*");

    /**
     * Reads the value of an option.
     *
     * @param implied the name that the first part has if it has none, or null
     */
    public static KeyValues parse(String text, String implied) throws UsageException {
        if (text.startsWith("{")) {
            return new KeyValues(json(text), Input.JSON);
        }
        Map<String, Object> members = new LinkedHashMap<>();
        for (String part : split(text)) {
            String name = implied != null && members.isEmpty() ? implied : null;
            add(part, name, members);
        }
        return new KeyValues(object(members, ""), Input.STRINGS);
    }

    private static Map<String, Object> json(String text) throws UsageException {
        try {
            Map<String, Object> out = new LinkedHashMap<>();
            Object value = JsonReader.parse(text.getBytes(StandardCharsets.UTF_8));
            ((Map<?, ?>) value).forEach((name, each) -> out.put((String) name, each));
            return out;
        } catch (JsonException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** The parts between single commas, with double ones made single. */
    public static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        Matcher part = PART.matcher(text);
        int at = 0;
        while (at < text.length()) {
            part.region(at, text.length()).lookingAt();
            parts.add(part.group().replace(",,", ","));
            at = part.end() + 1;
        }
        return parts;
    }

    private static void add(String part, String implied, Map<String, Object> into)
            throws UsageException {
        int equals = part.indexOf('=');
        if (equals < 0 && part.equals("help")) {
            throw new UsageException("Help is not available for this option");
        }
        String key = equals >= 0 ? part.substring(0, equals) : implied == null ? part : implied;
        String[] fragments = key.split("\\.", -1);
        for (String fragment : fragments) {
            if (!FRAGMENT.matcher(fragment).matches()) {
                throw new UsageException("Invalid parameter '" + key + "'");
            }
        }
        if (equals < 0 && implied == null) {
            throw new UsageException("Expected '=' after parameter '" + part + "'");
        }
        put(fragments, part.substring(equals + 1), into);
    }

    private static void put(String[] fragments, String value, Map<String, Object> into)
            throws UsageException {
        Map<String, Object> at = into;
        for (int i = 0; i < fragments.length; i++) {
            boolean last = i == fragments.length - 1;
            Object before = at.get(fragments[i]);
            if (before != null && before instanceof String != last) {
                throw inconsistent(String.join(".", List.of(fragments).subList(0, i + 1)));
            }
            if (last) {
                at.put(fragments[i], value);
            } else {
                at = inner(at, fragments[i]);
            }
        }
    }

    private static Map<String, Object> inner(Map<String, Object> at, String name) {
        Map<String, Object> inner = new LinkedHashMap<>();
        if (at.get(name) instanceof Map<?, ?> before) {
            before.forEach((key, value) -> inner.put((String) key, value));
        }
        at.put(name, inner);
        return inner;
    }

    private static Map<String, Object> object(Map<?, ?> members, String prefix)
            throws UsageException {
        Map<String, Object> out = new LinkedHashMap<>();
        for (Map.Entry<?, ?> member : members.entrySet()) {
            out.put((String) member.getKey(),
                    value(member.getValue(), prefix + member.getKey()));
        }
        return out;
    }

    private static Object value(Object value, String path) throws UsageException {
        if (!(value instanceof Map<?, ?> members)) {
            return value;
        }
        long numbers = members.keySet().stream().filter(KeyValues::isNumber).count();
        if (numbers == 0) {
            return object(members, path + ".");
        }
        if (numbers < members.size()) {
            throw inconsistent(path);
        }
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            String index = String.valueOf(i);
            if (!members.containsKey(index)) {
                throw new UsageException("Parameter '" + path + "." + i + "' missing");
            }
            list.add(value(members.get(index), path + "." + i));
        }
        return list;
    }

    private static boolean isNumber(Object key) {
        return Character.isDigit(((String) key).charAt(0));
    }

    private static UsageException inconsistent(String path) {
        return new UsageException("Parameters '" + path + ".*' used inconsistently");
    }
}

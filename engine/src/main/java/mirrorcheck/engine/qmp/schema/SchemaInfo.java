// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.schema;

import static mirrorcheck.engine.qmp.schema.Type.Member.required;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.engine.qmp.json.JsonObject;
import mirrorcheck.engine.qmp.schema.Type.Scalar;
import mirrorcheck.engine.qmp.schema.Type.Struct;

/**
 * What {@code query-qmp-schema} answers: commands and events by name, the types they are made of by
 * numbers, which mean nothing but themselves (QAPI introspection).
 */
public final class SchemaInfo {
    /** The type of one entry; what else it has depends on {@code meta-type}. */
    public static final Struct TYPE = Struct.tagged("SchemaInfo", "meta-type",
            required("name", Scalar.STRING),
            required("meta-type", Type.Choice.of("SchemaMetaType", "builtin", "enum", "array",
                    "object", "alternate", "command", "event")));

    private final List<Map<String, Object>> entries = new ArrayList<>();
    private final Map<Type, String> numbers = new IdentityHashMap<>();
    private final Map<Type.Choice, String> choices = new LinkedHashMap<>();
    private final Set<String> builtins = new LinkedHashSet<>();

    /** Adds a command and what it is made of. */
    public void command(String name, Struct arguments, Type result, boolean deprecated) {
        Map<String, Object> entry = entry(name, "command");
        entry.put("arg-type", reference(arguments));
        entry.put("ret-type", reference(result));
        if (deprecated) {
            entry.put("features", List.of("deprecated"));
        }
    }

    /** Adds an event and what its data is made of. */
    public void event(String name, Struct data) {
        entry(name, "event").put("arg-type", reference(data));
    }

    /** All entries. */
    public List<Map<String, Object>> entries() {
        return entries;
    }

    private Map<String, Object> entry(String name, String metaType) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", name);
        entry.put("meta-type", metaType);
        entries.add(entry);
        return entry;
    }

    private String reference(Type type) {
        return switch (type) {
            case Scalar scalar -> builtin(scalar);
            case Type.Choice choice -> choices.computeIfAbsent(choice, this::choice);
            case Type.Array array -> array(array);
            case Type.Alternate either -> number(either, () -> alternate(either));
            case Struct struct -> number(struct, () -> object(struct));
        };
    }

    private String number(Type type, Runnable describe) {
        String known = numbers.get(type);
        if (known != null) {
            return known;
        }
        // Known before its parts are: it may contain itself.
        String number = String.valueOf(numbers.size() + choices.size());
        numbers.put(type, number);
        describe.run();
        return number;
    }

    private String builtin(Scalar scalar) {
        if (builtins.add(scalar.schemaName())) {
            entry(scalar.schemaName(), "builtin").put("json-type", scalar.jsonType());
        }
        return scalar.schemaName();
    }

    private String choice(Type.Choice choice) {
        String number = "e" + choices.size();
        Map<String, Object> entry = entry(number, "enum");
        entry.put("members", choice.values().stream()
                .map(value -> JsonObject.of("name", value)).toList());
        entry.put("values", choice.values());
        return number;
    }

    private String array(Type.Array array) {
        String element = reference(array.element());
        String name = "[" + element + "]";
        if (builtins.add(name)) {
            entry(name, "array").put("element-type", element);
        }
        return name;
    }

    private void alternate(Type.Alternate either) {
        Map<String, Object> entry = entry(numbers.get(either), "alternate");
        List<Type> kinds = new ArrayList<>(List.of(either.object(), Scalar.STRING));
        if (either.orNull()) {
            kinds.add(Scalar.NULL);
        }
        entry.put("members", kinds.stream()
                .map(kind -> JsonObject.of("type", reference(kind))).toList());
    }

    private void object(Struct struct) {
        Map<String, Object> entry = entry(numbers.get(struct), "object");
        List<Map<String, Object>> members = new ArrayList<>();
        entry.put("members", members);
        for (Type.Member member : struct.members()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", member.name());
            one.put("type", reference(member.type()));
            if (member.optional()) {
                one.put("default", null);
            }
            members.add(one);
        }
        if (struct.tag() != null) {
            entry.put("tag", struct.tag());
            entry.put("variants", variants(struct));
        }
    }

    /** What each value of the tag brings; most bring nothing. */
    private List<Map<String, Object>> variants(Struct struct) {
        Type tag = struct.members().stream().filter(each -> each.name().equals(struct.tag()))
                .findFirst().orElseThrow().type();
        List<Map<String, Object>> variants = new ArrayList<>();
        for (String value : ((Type.Choice) tag).values()) {
            Struct variant = struct.variants().getOrDefault(value, Struct.EMPTY);
            variants.add(JsonObject.of("case", value, "type", reference(variant)));
        }
        return variants;
    }
}

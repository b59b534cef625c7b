// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.schema;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.qmp.QmpError;

/**
 * Holds values against their types, with the texts a client of QEMU knows (rule ARGS-1).
 *
 * <p>Members are looked at in the order of the schema; the first that is missing, of the wrong type
 * or out of range is reported; members that the schema does not have come last.
 */
public final class Check {
    /** Where values come from. */
    public enum Input {
        /** From the wire: values have types. */
        JSON,
        /** From the command line, {@code a.b=c}: all values are strings and are converted. */
        STRINGS
    }

    private static final long MAX_UINT32 = 0xFFFFFFFFL;

    private final Input input;

    private Check(Input input) {
        this.input = input;
    }

    /**
     * Checks an object.
     *
     * @return its members, converted: Long, Boolean, String, List and Map
     * @throws QmpError for the first fault
     */
    public static Arguments object(Type.Struct type, Map<String, ?> value, Input input)
            throws QmpError {
        return new Arguments(new Check(input).members(type, value, ""));
    }

    private Map<String, Object> members(Type.Struct type, Map<?, ?> value, String prefix)
            throws QmpError {
        Map<String, Object> out = new LinkedHashMap<>();
        take(type, value, prefix, out);
        if (type.tag() != null) {
            Type.Struct variant = type.variants().get(out.get(type.tag()));
            if (variant != null) {
                take(variant, value, prefix, out);
            }
        }
        for (Object name : value.keySet()) {
            if (!out.containsKey(name)) {
                throw QmpError.generic("Parameter '" + prefix + name + "' is unexpected");
            }
        }
        return out;
    }

    private void take(Type.Struct type, Map<?, ?> from, String prefix, Map<String, Object> out)
            throws QmpError {
        for (Type.Member member : type.members()) {
            String name = member.name();
            if (from.containsKey(name)) {
                out.put(name, value(member.type(), from.get(name), prefix + name, name));
            } else if (!member.optional()) {
                throw QmpError.generic("Parameter '" + prefix + name + "' is missing");
            }
        }
    }

    private Object value(Type type, Object value, String path, String name) throws QmpError {
        return switch (type) {
            case Type.Scalar scalar -> scalar(scalar, value, path, name);
            case Type.Choice choice -> choice(choice, value, path, name);
            case Type.Array array -> array(array, value, path);
            case Type.Alternate either -> either(either, value, path);
            case Type.Struct struct -> {
                if (!(value instanceof Map<?, ?> members)) {
                    throw wrongType(path, "object");
                }
                yield members(struct, members, path + ".");
            }
        };
    }

    private Object either(Type.Alternate type, Object value, String path) throws QmpError {
        if (value == null && type.orNull()) {
            return null;
        }
        return switch (value) {
            case String text -> text;
            case Map<?, ?> members -> members(type.object(), members, path + ".");
            case null, default -> throw wrongType(path, type.name());
        };
    }

    private String choice(Type.Choice type, Object value, String path, String name)
            throws QmpError {
        if (!(value instanceof String word)) {
            throw wrongType(path, "string");
        }
        if (!type.values().contains(word)) {
            throw QmpError.generic("Parameter '" + name + "' does not accept value '" + word + "'");
        }
        return word;
    }

    private List<Object> array(Type.Array type, Object value, String path) throws QmpError {
        if (!(value instanceof List<?> list)) {
            throw wrongType(path, "array");
        }
        List<Object> out = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            String element = input == Input.JSON ? path + "[" + i + "]" : path + "." + i;
            // QEMU has no name for an element where it prints the last name of a path.
            out.add(value(type.element(), list.get(i), element, "null"));
        }
        return out;
    }

    private Object scalar(Type.Scalar type, Object value, String path, String name)
            throws QmpError {
        return switch (type) {
            case ANY -> value;
            case STRING -> {
                if (!(value instanceof String)) {
                    throw wrongType(path, "string");
                }
                yield value;
            }
            case BOOLEAN -> bool(value, path);
            case INTEGER -> integer(value, path, false);
            case UINT64 -> integer(value, path, true);
            case UINT32 -> {
                long number = integer(value, path, false);
                if (number < 0 || number > MAX_UINT32) {
                    throw QmpError.generic("Parameter '" + name + "' expects uint32_t");
                }
                yield number;
            }
            case NULL -> {
                if (value != null) {
                    throw wrongType(path, "null");
                }
                yield null;
            }
        };
    }

    private boolean bool(Object value, String path) throws QmpError {
        if (input == Input.JSON && value instanceof Boolean flag) {
            return flag;
        }
        if (input == Input.STRINGS && value instanceof String word) {
            return switch (word) {
                case "on", "yes", "true", "y" -> true;
                case "off", "no", "false", "n" -> false;
                default -> throw QmpError.generic("Parameter '" + path
                        + "' expects 'on' or 'off'");
            };
        }
        throw wrongType(path, "boolean");
    }

    private long integer(Object value, String path, boolean wraps) throws QmpError {
        if (input == Input.STRINGS && value instanceof String digits) {
            return parsed(digits, path, wraps);
        }
        if (input == Input.JSON && value instanceof Long number) {
            return number;
        }
        if (input == Input.JSON && wraps && value instanceof BigInteger number) {
            return number.longValue();
        }
        throw wrongType(path, "integer");
    }

    private static long parsed(String digits, String path, boolean wraps) throws QmpError {
        boolean hex = digits.matches("[+-]?0[xX].*");
        try {
            BigInteger number = hex
                    ? new BigInteger(digits.replaceFirst("0[xX]", ""), 16)
                    : new BigInteger(digits);
            return wraps && number.bitLength() == Long.SIZE && number.signum() > 0
                    ? number.longValue() : number.longValueExact();
        } catch (NumberFormatException | ArithmeticException e) {
            throw QmpError.generic("Parameter '" + path + "' expects integer");
        }
    }

    private static QmpError wrongType(String path, String expected) {
        return QmpError.generic("Invalid parameter type for '" + path + "', expected: "
                + expected);
    }
}

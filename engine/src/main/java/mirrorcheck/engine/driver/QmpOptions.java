// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;

/**
 * Options as a QMP client gives them, taken out one by one; what is left over at the end is
 * unexpected. Errors have the texts that QMP has for them, all of them EINVAL.
 *
 * <p>Members of objects have dotted names, {@code cache.direct}, whether they came as objects or
 * with dots.
 */
final class QmpOptions {
    /** What the options belong to, for messages: empty, or {@code file.} for those of a child. */
    private final String prefix;
    private final Map<String, Object> left;

    private QmpOptions(String prefix, Map<String, Object> left) {
        this.prefix = prefix;
        this.left = left;
    }

    static QmpOptions of(Map<String, ?> options) {
        Map<String, Object> flat = new TreeMap<>();
        flatten("", options, flat);
        return new QmpOptions("", flat);
    }

    private static void flatten(String prefix, Map<?, ?> options, Map<String, Object> into) {
        options.forEach((key, value) -> {
            if (value instanceof Map<?, ?> members) {
                flatten(prefix + key + ".", members, into);
            } else {
                into.put(prefix + key, value instanceof Integer small ? small.longValue() : value);
            }
        });
    }

    /** Takes out the members of an object, or answers null if there is none of them. */
    QmpOptions takeObject(String name) {
        String inner = name + ".";
        Map<String, Object> members = new TreeMap<>();
        left.forEach((key, value) -> {
            if (key.startsWith(inner)) {
                members.put(key.substring(inner.length()), value);
            }
        });
        left.keySet().removeIf(key -> key.startsWith(inner));
        return members.isEmpty() ? null : new QmpOptions(prefix + inner, members);
    }

    /** Takes out a string that must be there. */
    String takeString(String name) throws BlockException {
        return required(name, takeString(name, null));
    }

    String takeString(String name, String otherwise) throws BlockException {
        return take(name, String.class, "string", otherwise);
    }

    boolean takeBoolean(String name, boolean otherwise) throws BlockException {
        return take(name, Boolean.class, "boolean", otherwise);
    }

    /** Takes out an integer that must be there. */
    long takeLong(String name) throws BlockException {
        return required(name, take(name, Long.class, "integer", null));
    }

    long takeLong(String name, long otherwise) throws BlockException {
        return take(name, Long.class, "integer", otherwise);
    }

    /** Takes out a constant, which QMP spells in lower case with hyphens. */
    <E extends Enum<E>> E takeEnum(String name, Class<E> type, E otherwise) throws BlockException {
        String value = takeString(name, null);
        if (value == null) {
            return otherwise;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(value)) {
                return constant;
            }
        }
        throw notAccepted(name, value);
    }

    /**
     * Takes out the options that every node has.
     *
     * @param parent the parent that the node is opened for, or null for a root
     * @param name   the node's name if none is given
     */
    NodeOptions takeNodeOptions(NodeOptions parent, String name) throws BlockException {
        boolean child = parent != null;
        String given = takeString("node-name", null);
        if (given != null && given.startsWith("#")) {
            throw BlockException.refused("Invalid node-name: '" + given + "'");
        }
        Discard discard =
                takeEnum("discard", Discard.class, child ? Discard.UNMAP : Discard.IGNORE);
        boolean readOnly = takeBoolean("read-only", child && parent.readOnly());
        boolean noFlush = takeBoolean("cache.no-flush", child && parent.noFlush());
        DetectZeroes detect = takeEnum("detect-zeroes", DetectZeroes.class, DetectZeroes.OFF);
        String nodeName = given != null ? given : name;
        return new NodeOptions(nodeName, discard, detect, readOnly, noFlush);
    }

    /** Refuses what nobody took. */
    void refuseRest() throws BlockException {
        if (!left.isEmpty()) {
            String first = left.keySet().iterator().next();
            throw BlockException.refused("Parameter '" + prefix + first + "' is unexpected");
        }
    }

    BlockException notAccepted(String name, String value) {
        return BlockException.refused(
                "Parameter '" + name + "' does not accept value '" + value + "'");
    }

    BlockException missing(String name) {
        return BlockException.refused("Parameter '" + prefix + name + "' is missing");
    }

    private <T> T required(String name, T value) throws BlockException {
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    private <T> T take(String name, Class<T> type, String word, T otherwise)
            throws BlockException {
        if (!left.containsKey(name)) {
            return otherwise;
        }
        Object value = left.remove(name);
        if (!type.isInstance(value)) {
            throw BlockException.refused("Invalid parameter type for '" + prefix + name
                    + "', expected: " + word);
        }
        return type.cast(value);
    }
}

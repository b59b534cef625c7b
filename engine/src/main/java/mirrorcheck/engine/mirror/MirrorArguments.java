// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.job.ErrorPolicy;

/**
 * Reads the arguments of {@code blockdev-mirror} as a client of QMP spells them, with the texts
 * such a client expects when one is missing, unknown or of the wrong type (rule ARGS-1).
 */
public final class MirrorArguments {
    private static final Set<String> KNOWN =
            Set.of("job-id", "device", "target", "replaces", "sync", "copy-mode",
            "target-is-zero", "granularity", "buf-size", "speed", "on-source-error",
            "on-target-error",
            "filter-node-name", "auto-finalize", "auto-dismiss");

    private final Map<String, ?> arguments;

    private MirrorArguments(Map<String, ?> arguments) {
        this.arguments = arguments;
    }

    /**
     * Turns arguments into options.
     *
     * @param arguments strings, integers (any {@link Number} without fraction) and booleans by
     *         their QMP names
     * @throws BlockException EINVAL for an argument that is missing, unknown, or has the wrong type
     *         or value
     */
    public static MirrorOptions parse(Map<String, ?> arguments) throws BlockException {
        MirrorArguments in = new MirrorArguments(arguments);
        // In the order of the QMP schema, unknown ones last: of several faults the first is the one
        // a client reads.
        String jobId = in.string("job-id", "");
        String device = in.required("device");
        String target = in.required("target");
        String replaces = in.string("replaces", null);
        Sync sync = in.word("sync", Sync.class, null);
        long speed = in.integer("speed", 0);
        long granularity = in.integer("granularity", 0);
        long bufSize = in.integer("buf-size", 0);
        ErrorPolicy onSourceError =
                in.word("on-source-error", ErrorPolicy.class, ErrorPolicy.REPORT);
        ErrorPolicy onTargetError =
                in.word("on-target-error", ErrorPolicy.class, ErrorPolicy.REPORT);
        String filterNodeName = in.string("filter-node-name", null);
        CopyMode copyMode = in.word("copy-mode", CopyMode.class, CopyMode.BACKGROUND);
        boolean autoFinalize = in.bool("auto-finalize", true);
        boolean autoDismiss = in.bool("auto-dismiss", true);
        boolean targetIsZero = in.bool("target-is-zero", false);
        in.checkKnown();
        return new MirrorOptions(jobId, device, target, replaces, sync, copyMode, targetIsZero,
                granularity, bufSize,
                speed, onSourceError, onTargetError, filterNodeName, autoFinalize, autoDismiss);
    }

    private void checkKnown() throws BlockException {
        for (String name : arguments.keySet()) {
            if (!KNOWN.contains(name)) {
                throw BlockException.refused("Parameter '" + name + "' is unexpected");
            }
        }
    }

    /**
     * The constant whose QMP word is {@code value}: {@code write-blocking} for {@code
     * WRITE_BLOCKING}.
     *
     * @throws BlockException EINVAL if there is none
     */
    public static <T extends Enum<T>> T choice(String name, Class<T> type, String value)
            throws BlockException {
        for (T constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(value)) {
                return constant;
            }
        }
        throw BlockException.refused("Parameter '" + name + "' does not accept value '" + value
                + "'");
    }

    private String required(String name) throws BlockException {
        String value = string(name, null);
        if (value == null) {
            throw BlockException.refused("Parameter '" + name + "' is missing");
        }
        return value;
    }

    private String string(String name, String otherwise) throws BlockException {
        Object value = arguments.get(name);
        return value == null ? otherwise : typed(name, value, String.class, "string");
    }

    private boolean bool(String name, boolean otherwise) throws BlockException {
        Object value = arguments.get(name);
        return value == null ? otherwise : typed(name, value, Boolean.class, "boolean");
    }

    private long integer(String name, long otherwise) throws BlockException {
        Object value = arguments.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Long || value instanceof Integer) {
            return ((Number) value).longValue();
        }
        throw wrongType(name, "integer");
    }

    private <T extends Enum<T>> T word(String name, Class<T> type, T otherwise)
            throws BlockException {
        String value = otherwise == null ? required(name) : string(name, null);
        return value == null ? otherwise : choice(name, type, value);
    }

    private static <T> T typed(String name, Object value, Class<T> type, String word)
            throws BlockException {
        if (!type.isInstance(value)) {
            throw wrongType(name, word);
        }
        return type.cast(value);
    }

    private static BlockException wrongType(String name, String word) {
        return BlockException.refused("Invalid parameter type for '" + name + "', expected: "
                + word);
    }
}

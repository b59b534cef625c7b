// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.util.regex.Pattern;

/**
 * The options every block node has, whatever its driver (QMP BlockdevOptions).
 *
 * @param nodeName     name in the graph: a letter, then letters, digits, {@code -._}; at most 31
 *                     characters. Names that begin with {@code #} are given by the engine itself
 * @param discard      whether requests may deallocate
 * @param detectZeroes whether written data is searched for zeroes
 * @param readOnly     whether writes are refused
 * @param noFlush      {@code cache.no-flush}: flush requests end here, data may be lost with the
 *         host's power
 */
public record NodeOptions(String nodeName, Discard discard, DetectZeroes detectZeroes,
        boolean readOnly,
        boolean noFlush) {
    /** The longest node name, in characters (32 with its terminator in QMP). */
    public static final int MAX_NAME_LENGTH = 31;

    private static final Pattern NAME = Pattern.compile("#?[A-Za-z][A-Za-z0-9._-]*");

    /** The defaults: {@code discard=ignore}, {@code detect-zeroes=off}, writable, flushes pass. */
    public static NodeOptions named(String nodeName) {
        return new NodeOptions(nodeName, Discard.IGNORE, DetectZeroes.OFF, false, false);
    }

    public NodeOptions withDiscard(Discard value) {
        return new NodeOptions(nodeName, value, detectZeroes, readOnly, noFlush);
    }

    public NodeOptions withDetectZeroes(DetectZeroes value) {
        return new NodeOptions(nodeName, discard, value, readOnly, noFlush);
    }

    public NodeOptions withReadOnly(boolean value) {
        return new NodeOptions(nodeName, discard, detectZeroes, value, noFlush);
    }

    public NodeOptions withNoFlush(boolean value) {
        return new NodeOptions(nodeName, discard, detectZeroes, readOnly, value);
    }

    /**
     * Refuses a combination that no node may have.
     *
     * @return these options
     * @throws BlockException EINVAL if the name is ill-formed or too long, or if {@code
     *         detect-zeroes=unmap} comes without {@code discard=unmap} (rule ARGS-2)
     */
    public NodeOptions checked() throws BlockException {
        if (!NAME.matcher(nodeName).matches()) {
            throw BlockException.refused("Invalid node-name: '" + nodeName + "'");
        }
        if (nodeName.length() > MAX_NAME_LENGTH) {
            throw BlockException.refused("Node name too long");
        }
        if (detectZeroes == DetectZeroes.UNMAP && discard != Discard.UNMAP) {
            throw BlockException.refused("setting detect-zeroes to unmap is not allowed without "
                    + "setting discard operation to unmap");
        }
        return this;
    }

    /** Whether a zero write must really punch its hole, even over zeroes (rule ZERO-7). */
    public boolean mustPunch() {
        return discard == Discard.UNMAP && detectZeroes == DetectZeroes.UNMAP;
    }
}

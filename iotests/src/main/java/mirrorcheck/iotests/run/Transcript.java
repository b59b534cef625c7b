// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.List;
import mirrorcheck.iotests.judge.HarnessError;

/** The lines a script has written so far, compared with the golden while they come. */
final class Transcript {
    private final StringBuilder text = new StringBuilder();
    private final List<String> expected;
    private final String golden;
    private int lines;
    private boolean differs;

    /** A transcript to be compared with {@code golden}; null compares nothing. */
    Transcript(String golden) {
        this.golden = golden;
        this.expected = golden == null ? List.of() : golden.lines().toList();
        this.differs = golden == null;
    }

    /**
     * Adds one line.
     *
     * @return what differs if this is the first line that does, else an empty string
     * @throws HarnessError if the line is not one line of printable ASCII
     */
    String add(String line) {
        if (!line.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new HarnessError("transcript: only one line of printable ASCII may be written: '"
                    + shown(line) + "'");
        }
        if (line.endsWith(" ")) {
            throw new HarnessError("transcript: trailing blank: '" + line + "'");
        }
        text.append(line).append('\n');
        lines++;
        if (differs || lines <= expected.size() && expected.get(lines - 1).equals(line)) {
            return "";
        }
        differs = true;
        return "golden line " + lines + ": '" + line + "'; expected "
                + (lines <= expected.size() ? "'" + expected.get(lines - 1) + "'" : "the end");
    }

    /** Ends the transcript; returns what differs if nothing did before, else an empty string. */
    String end() {
        if (differs || text.toString().equals(golden)) {
            return "";
        }
        differs = true;
        return lines < expected.size()
                ? "golden line " + (lines + 1) + ": the end; expected '" + expected.get(lines) + "'"
                : "golden: same lines, other line ends: every line must end with one newline";
    }

    /** From now on lines are only kept: what was left out makes the rest differ. */
    void stopComparing() {
        differs = true;
    }

    /** Whether something has been written. */
    boolean isEmpty() {
        return lines == 0;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private static String shown(String line) {
        return line.replace("\n", "\\n").replace("\t", "\\t");
    }
}

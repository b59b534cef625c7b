// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules of {@code iotests/CONTRACT.md}.
 *
 * <p>A rule is a heading {@code ### ZERO-1 (SHOULD)} and three paragraphs: one sentence, {@code
 * Source: ...} and {@code If this fails, check: ...}. Whatever else the file holds, headings of
 * other levels and prose before the first rule included, is for readers alone.
 */
public final class Contract {
    private static final Pattern HEADING = Pattern.compile("### (\\S+) \\((\\S+)\\)");
    private static final Pattern ID = Pattern.compile("[A-Z][A-Z-]*-[1-9][0-9]*");

    private final Map<String, Rule> rules = new LinkedHashMap<>();

    private Contract() {
    }

    /**
     * Reads the contract.
     *
     * @param file how to name it in messages
     * @throws HarnessError if a rule is incomplete, has an unknown level or appears twice; names
     *         file, line and rule
     */
    public static Contract parse(String file, String text) {
        Contract contract = new Contract();
        String[] lines = text.split("\n", -1);
        for (int at = 0; at < lines.length; at++) {
            if (lines[at].startsWith("### ")) {
                Rule rule = rule(file, lines, at);
                if (contract.rules.put(rule.id(), rule) != null) {
                    throw error(file, at, "rule " + rule.id() + ": given twice");
                }
            }
        }
        return contract;
    }

    private static Rule rule(String file, String[] lines, int at) {
        Matcher heading = HEADING.matcher(lines[at].strip());
        if (!heading.matches() || !ID.matcher(heading.group(1)).matches()) {
            throw error(file, at, "'" + lines[at] + "': must look like '### ZERO-1 (SHOULD)'");
        }
        String id = heading.group(1);
        Level level = Arrays.stream(Level.values()).filter(l -> l.name().equals(heading.group(2)))
                .findFirst()
                .orElseThrow(() -> error(file, at, "rule " + id + ": level " + heading.group(2)
                        + ": must be MUST, SHOULD, COMPAT or MAY"));
        StringBuilder body = new StringBuilder();
        for (int i = at + 1; i < lines.length && !lines[i].startsWith("#"); i++) {
            body.append(lines[i].strip()).append('\n');
        }
        String sentence = "";
        String source = "";
        String hint = "";
        for (String paragraph : body.toString().strip()
                .split("\n(?=Source:|If this fails, check:)|\n\n+")) {
            String joined = paragraph.strip().replaceAll("\\s+", " ");
            if (joined.startsWith("Source:")) {
                source = joined.substring("Source:".length()).strip();
            } else if (joined.startsWith("If this fails, check:")) {
                hint = joined.substring("If this fails, check:".length()).strip();
            } else if (sentence.isEmpty()) {
                sentence = joined;
            }
        }
        if (sentence.isEmpty() || source.isEmpty() || hint.isEmpty()) {
            throw error(file, at, "rule " + id
                    + ": a sentence, 'Source:' and 'If this fails, check:' are needed");
        }
        return new Rule(id, level, sentence, source, hint);
    }

    private static HarnessError error(String file, int index, String message) {
        return new HarnessError(file + ":" + (index + 1) + ": " + message);
    }

    /** Every rule by its id, in the order of the file. */
    public Map<String, Rule> rules() {
        return Collections.unmodifiableMap(rules);
    }
}

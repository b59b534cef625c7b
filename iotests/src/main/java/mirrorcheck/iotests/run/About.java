// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code about} statement of a script.
 *
 * @param values what stands behind each key, in the order written, each word with its line
 */
public record About(Map<String, List<Word>> values) {
    /** The keys there are; each holds words separated by blanks. */
    public static final List<String> KEYS = List.of("groups", "rules", "needs", "source",
            "target");

    /** One word and the line of the script it stands on, from 1. */
    public record Word(String text, int line) {
    }

    public About {
        Map<String, List<Word>> copy = new LinkedHashMap<>();
        values.forEach((key, words) -> copy.put(key, List.copyOf(words)));
        values = java.util.Collections.unmodifiableMap(copy);
    }

    /** Groups the script belongs to. */
    public List<String> groups() {
        return texts("groups");
    }

    /** Ids of the rules it tests. */
    public List<String> rules() {
        return texts("rules");
    }

    /** Capabilities of the adapter and, as {@code host:...}, of the host that it needs. */
    public List<String> needs() {
        return texts("needs");
    }

    /** Source formats it runs with; raw alone if it says nothing. */
    public List<String> source() {
        return values.containsKey("source") ? texts("source") : List.of("raw");
    }

    /** Target formats it runs with; raw alone if it says nothing. */
    public List<String> target() {
        return values.containsKey("target") ? texts("target") : List.of("raw");
    }

    /** The words behind {@code key} without their lines. */
    public List<String> texts(String key) {
        return values.getOrDefault(key, List.of()).stream().map(Word::text).toList();
    }

    /** What differs between this and what the running script passed, one line; empty if nothing. */
    String difference(Map<String, String> passed) {
        List<String> keys = new ArrayList<>(values.keySet());
        passed.keySet().stream().filter(key -> !keys.contains(key)).forEach(keys::add);
        for (String key : keys) {
            String written = String.join(" ", texts(key));
            String given = passed.containsKey(key) ? String.join(" ", split(passed.get(key))) : "";
            if (!written.equals(given)) {
                return "about " + key + ": the script passed '" + given + "', its head says '"
                        + written
                        + "'; write plain text";
            }
        }
        return "";
    }

    static List<String> split(String words) {
        return words.isBlank() ? List.of() : List.of(words.strip().split("\\s+"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Rule;

/**
 * The rules an implementation is known to break, each with a reason: {@code known-failures.txt} in
 * the adapter's folder, a line each: {@code RULE TESTS REASON}, TESTS being a pattern such as
 * {@code copy/*}. A rule that is only broken at times has a question mark behind it, as in
 * {@code SAFE-1?}: nobody is told when it is kept. Empty lines and lines that begin with {@code #}
 * say nothing.
 *
 * <p>A case that breaks only such rules is skipped with their reasons, and the test's golden is not
 * compared: it tells what the rule asks for. Safe for use from any thread.
 */
public final class KnownFailures {
    private final List<Entry> entries;
    private final Set<Entry> seen = ConcurrentHashMap.newKeySet();

    private record Entry(String rule, boolean byChance, String tests, String reason) {
        boolean covers(String test) {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + tests);
            return matcher.matches(Path.of(test));
        }
    }

    private KnownFailures(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Nothing is known to fail. */
    public static KnownFailures none() {
        return new KnownFailures(List.of());
    }

    /**
     * Reads a file; nothing is known to fail where there is none.
     *
     * @param shown how messages name the file
     * @throws HarnessError if a line is not of the form above, or names a rule that is not in the
     *         contract
     */
    public static KnownFailures read(Path file, String shown, Map<String, Rule> rules) {
        if (!Files.exists(file)) {
            return none();
        }
        List<Entry> entries = new ArrayList<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new HarnessError(shown + ": cannot be read: " + e.getMessage(), e);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("\\s+", 3);
            String where = shown + ":" + (i + 1) + ": ";
            if (parts.length < 3) {
                throw new HarnessError(where + "'" + line + "': must be RULE TESTS REASON");
            }
            boolean byChance = parts[0].endsWith("?");
            String rule = byChance ? parts[0].substring(0, parts[0].length() - 1) : parts[0];
            if (!rules.containsKey(rule)) {
                throw new HarnessError(where + "unknown rule '" + rule + "'"
                        + Suggest.didYouMean(rule, rules.keySet()));
            }
            entries.add(new Entry(rule, byChance, parts[1], parts[2]));
        }
        return new KnownFailures(entries);
    }

    /** Whether any rule is known to be broken in this test. */
    boolean concern(String test) {
        return entries.stream().anyMatch(entry -> entry.covers(test));
    }

    /** Why this rule is known to be broken in this test; notes that it was. */
    Optional<String> reason(String rule, String test) {
        Optional<Entry> found = entries.stream()
                .filter(entry -> entry.rule().equals(rule) && entry.covers(test)).findFirst();
        found.ifPresent(seen::add);
        return found.map(entry -> "known failure of " + rule + ": " + entry.reason());
    }

    /**
     * Entries that were not seen to fail although all their tests were to run and one did: one line
     * each.
     *
     * @param ran  the tests that ran
     * @param left the tests that were not chosen
     */
    List<String> stale(List<String> ran, List<String> left) {
        return entries.stream().filter(entry -> !entry.byChance() && !seen.contains(entry)
                        && ran.stream().anyMatch(entry::covers)
                        && left.stream().noneMatch(entry::covers))
                .map(entry -> "known failure " + entry.rule() + " " + entry.tests()
                        + ": passes; take it off the list")
                .toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mirrorcheck.iotests.judge.HarnessError;

/**
 * What the head of a script says, read as text without running it, so that listing and selecting
 * cost nothing.
 *
 * @param title the first line of the header comment
 * @param about the {@code about} statement
 */
public record ScriptHead(String title, About about) {
    /**
     * Reads the head of a script.
     *
     * @param file how to name it in messages: {@code copy/mirror-sparse.groovy}
     * @throws HarnessError if there is no header comment or {@code about}, or if {@code about} is
     *         not plain text
     */
    public static ScriptHead read(String file, String text) {
        return new Reader(file, text).read();
    }

    /** Reads {@code about} by hand: keys, colons, quoted strings joined by plus, commas. */
    private static final class Reader {
        private final String file;
        private final String text;
        private int at;

        Reader(String file, String text) {
            this.file = file;
            this.text = text;
        }

        ScriptHead read() {
            String title = title();
            at = aboutAt();
            boolean parenthesis = take('(');
            Map<String, List<About.Word>> values = new LinkedHashMap<>();
            do {
                int line = line();
                String key = word();
                if (!About.KEYS.contains(key)) {
                    throw error(line, "about: unknown key '" + key + "'"
                            + Suggest.didYouMean(key, About.KEYS));
                }
                expect(':', "about " + key);
                if (values.put(key, words(key)) != null) {
                    throw error(line, "about " + key + ": given twice");
                }
            } while (take(','));
            if (parenthesis) {
                expect(')', "about");
            }
            return new ScriptHead(title, new About(values));
        }

        private String title() {
            return text.lines().takeWhile(line -> line.startsWith("//") || line.startsWith("#!"))
                    .filter(line -> line.startsWith("//") && !line.contains("SPDX-License-"))
                    .map(line -> line.substring(2).strip())
                    .filter(line -> !line.isEmpty()).findFirst()
                    .orElseThrow(() -> error(1,
                            "header: missing, begin with a comment that says what is tested"));
        }

        private int aboutAt() {
            int start = 0;
            for (String line : text.split("\n", -1)) {
                if (line.matches("about\\b.*")) {
                    return start + "about".length();
                }
                start += line.length() + 1;
            }
            throw error(1, "about: missing at the head of the script");
        }

        private List<About.Word> words(String key) {
            List<About.Word> words = new ArrayList<>();
            do {
                skipBlanks();
                char quote = at < text.length() ? text.charAt(at) : 0;
                int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
                if (end < 0 || text.substring(at, end).matches("(?s).*[\\n$\\\\].*")) {
                    throw error(line(), "about " + key + ": plain text in quotes expected");
                }
                int line = line();
                About.split(text.substring(at + 1, end))
                        .forEach(word -> words.add(new About.Word(word, line)));
                at = end + 1;
            } while (take('+'));
            return words;
        }

        private String word() {
            skipBlanks();
            int start = at;
            while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private void expect(char wanted, String where) {
            if (!take(wanted)) {
                throw error(line(), where + ": '" + wanted + "' expected");
            }
        }

        private boolean take(char wanted) {
            int before = at;
            skipBlanks();
            if (at < text.length() && text.charAt(at) == wanted) {
                at++;
                return true;
            }
            at = before;
            return false;
        }

        private void skipBlanks() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private int line() {
            return 1 + (int) text.substring(0, Math.min(at, text.length())).chars()
                    .filter(c -> c == '\n').count();
        }

        private HarnessError error(int line, String message) {
            return new HarnessError(file + ":" + line + ": " + message);
        }
    }
}

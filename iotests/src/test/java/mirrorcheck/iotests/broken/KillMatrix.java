// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes which script catches which broken mirror, and by which rule, to
 * {@code target/kill-matrix.md}, and the whole grid beside it as {@code kill-matrix.tsv}. No part
 * of the ordinary tests: it takes every broken mirror through every directed script.
 */
class KillMatrix {
    /**
     * A script with a full product of options, or of histories, catches much, but is not made for
     * any one bug.
     */
    private static final String PRODUCTS = "copy/matrix-.*|chain/matrix-.*|guest/random-.*";
    /** Only the mirrors of bugs that this names, such as {@code B1.|N05}. */
    private static final String BUGS = System.getProperty("bugs", ".*");
    private static final Path TARGET = Path.of("target");

    @TempDir
    private Path root;

    @Test
    void isWritten() throws IOException {
        List<String> scripts = scripts();
        Map<Broken, Map<String, Set<String>>> caught = new LinkedHashMap<>();
        for (Broken broken : BrokenMirrors.all()) {
            if (!broken.bug().matches(BUGS)) {
                continue;
            }
            Path suite = Files.createDirectory(root.resolve(String.valueOf(caught.size())));
            Map<String, Set<String>> by = Catching.run(suite, broken, "5s", scripts).broken();
            caught.put(broken, by);
            System.out.println(broken.bug() + " " + broken.what() + ": "
                    + by.size() + " of " + scripts.size() + " scripts");
            write(scripts, caught);
        }
    }

    private static List<String> scripts() throws IOException {
        Path tests = Path.of("tests");
        try (var files = Files.walk(tests)) {
            return files.map(file -> tests.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> file.endsWith(".groovy"))
                    .map(file -> file.substring(0, file.length() - ".groovy".length()))
                    .filter(name -> !name.matches(PRODUCTS)).sorted().toList();
        }
    }

    private static void write(List<String> scripts, Map<Broken, Map<String, Set<String>>> caught)
            throws IOException {
        StringBuilder table = new StringBuilder("""
                # Kill matrix

                Every broken mirror has gone through every directed script, those with full products of
                options and random histories left out. *Caught by*: the rules by which the script that
                is made for its bug catches it. Beside them the other scripts that notice, and by which
                rules; *golden* stands for none, when only the transcript differs.

                | bug | broken mirror | directed test | caught by | other tests that catch it |
                |---|---|---|---|---|
                """);
        List<String> grid = new ArrayList<>();
        grid.add("bug\tbroken mirror\t" + String.join("\t", scripts));
        caught.forEach((broken, by) -> {
            Set<String> rules = by.getOrDefault(broken.script(), Set.of());
            String others = by.entrySet().stream()
                    .filter(one -> !one.getKey().equals(broken.script()))
                    .map(one -> one.getKey() + " (" + (one.getValue().isEmpty()
                            ? "golden" : String.join(" ", one.getValue())) + ")")
                    .collect(Collectors.joining(", "));
            table.append("| ").append(broken.bug()).append(" | ").append(broken.what())
                    .append(" | ").append(broken.script()).append(" | ")
                    .append(rules.contains(broken.rule()) ? String.join(" ", rules)
                            : "**not by " + broken.rule() + "**")
                    .append(" | ").append(others).append(" |\n");
            grid.add(broken.bug() + "\t" + broken.what() + "\t" + scripts.stream()
                    .map(script -> !by.containsKey(script) ? ""
                            : by.get(script).isEmpty() ? "golden"
                            : String.join(" ", by.get(script)))
                    .collect(Collectors.joining("\t")));
        });
        Files.writeString(TARGET.resolve("kill-matrix.md"), table);
        Files.writeString(TARGET.resolve("kill-matrix.tsv"), String.join("\n", grid) + "\n");
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.host.Clock;
import mirrorcheck.iotests.run.Adapters;
import mirrorcheck.iotests.run.Check;
import mirrorcheck.iotests.run.SuiteTree;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs scripts of the project on an implementation, in a suite that holds nothing else, so that
 * nothing is written into the project.
 */
final class Catching {
    private static final Path PROJECT = Path.of("..");

    private Catching() {
    }

    /**
     * What a run said.
     *
     * @param code   the exit code of {@code iotests/check}
     * @param broken of each script that failed, the rules it found broken, possibly none
     * @param text   what it printed
     */
    record Verdict(int code, Map<String, Set<String>> broken, String text) {
    }

    /**
     * Runs scripts.
     *
     * @param root      where the suite is put together
     * @param implementation named {@link Broken#NAME}
     * @param timeout   as of {@code --timeout}
     */
    static Verdict run(Path root, Adapter implementation, String timeout, List<String> scripts)
            throws IOException {
        return run(root, implementation, timeout, scripts, List.of());
    }

    /** The same with other options of {@code iotests/check} too. */
    static Verdict run(Path root, Adapter implementation, String timeout, List<String> scripts,
            List<String> options) throws IOException {
        copy(root, "common.groovy");
        copy(root, "iotests/CONTRACT.md");
        for (String script : scripts) {
            copy(root, "iotests/tests/" + script + ".groovy");
            copy(root, "golden-outputs/" + script + ".out");
        }
        Path json = root.resolve("report.json");
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
        Check check = new Check(new SuiteTree(root),
                new Adapters(Map.of(Broken.NAME, () -> implementation)), Clock.system(), Map.of(),
                out, out);
        List<String> arguments = new ArrayList<>(List.of("--adapter", Broken.NAME, "--timeout",
                timeout, "--json", json.toString()));
        arguments.addAll(options);
        arguments.addAll(scripts);
        int code = check.run(arguments.toArray(String[]::new));
        return new Verdict(code, broken(json), text.toString(StandardCharsets.UTF_8));
    }

    private static void copy(Path root, String file) throws IOException {
        Path to = root.resolve(file);
        if (!Files.exists(to)) {
            Files.createDirectories(to.getParent());
            Files.copy(PROJECT.resolve(file), to);
        }
    }

    private static Map<String, Set<String>> broken(Path json) throws IOException {
        Map<String, Set<String>> broken = new LinkedHashMap<>();
        if (!Files.exists(json)) {
            return broken;
        }
        for (JsonNode test : JsonMapper.shared().readTree(Files.readString(json)).path("tests")) {
            if (test.path("outcome").asString("").equals("failed")
                    || test.path("outcome").asString("").equals("errored")) {
                Set<String> rules = broken.computeIfAbsent(test.path("name").asString(""),
                        name -> new TreeSet<>());
                for (JsonNode one : test.path("cases")) {
                    one.path("violations").forEach(violation ->
                            rules.add(violation.path("rule").asString("")));
                }
            }
        }
        return broken;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import mirrorcheck.iotests.judge.Contract;
import mirrorcheck.iotests.judge.HarnessError;

/**
 * The scripts of a tree, read as text alone.
 *
 * @param scripts those whose head is right, sorted by name
 * @param broken  those whose head is wrong: name to the message
 * @param orphans goldens without a script, sorted
 */
public record Discovery(List<TestScript> scripts, Map<String, String> broken, List<Path> orphans) {
    private static final String SCRIPT = ".groovy";

    /**
     * Reads every script under {@code iotests/tests}.
     *
     * @throws HarnessError if the tree cannot be read
     */
    public static Discovery of(SuiteTree tree, Contract contract) {
        List<TestScript> scripts = new ArrayList<>();
        Map<String, String> broken = new TreeMap<>();
        for (Path path : files(tree, tree.tests(), SCRIPT)) {
            String name = name(tree.tests(), path, SCRIPT);
            try {
                ScriptHead head = ScriptHead.read(name + SCRIPT, Files.readString(path));
                Needs.check(name + SCRIPT, head.about(), contract);
                scripts.add(new TestScript(name, path, head));
            } catch (HarnessError e) {
                broken.put(name, e.getMessage());
            } catch (IOException e) {
                broken.put(name, name + SCRIPT + ": cannot be read: " + e.getMessage());
            }
        }
        List<String> names = new ArrayList<>(broken.keySet());
        scripts.forEach(script -> names.add(script.name()));
        List<Path> orphans = files(tree, tree.goldens(), Golden.ENDING).stream()
                .filter(path -> isOrphan(name(tree.goldens(), path, Golden.ENDING), names))
                .toList();
        return new Discovery(List.copyOf(scripts), broken, orphans);
    }

    private static boolean isOrphan(String golden, List<String> names) {
        return !names.contains(Golden.testName(golden, names));
    }

    /** Every name, of right and of broken scripts. */
    public List<String> names() {
        return Stream.concat(scripts.stream().map(TestScript::name), broken.keySet().stream())
                .sorted().toList();
    }

    private static List<Path> files(SuiteTree tree, Path top, String ending) {
        if (!Files.isDirectory(top)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(top)) {
            return walk.filter(path -> path.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new HarnessError(tree.shown(top) + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static String name(Path top, Path path, String ending) {
        String relative = top.relativize(path).toString().replace('\\', '/');
        return relative.substring(0, relative.length() - ending.length());
    }
}

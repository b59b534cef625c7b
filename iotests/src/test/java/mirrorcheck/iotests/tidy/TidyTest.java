// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import mirrorcheck.iotests.judge.Contract;
import mirrorcheck.iotests.run.Discovery;
import mirrorcheck.iotests.run.SuiteTree;
import mirrorcheck.iotests.run.TestScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole project is tidy, and each check finds what it is for. */
class TidyTest {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", ".settings");
    private static final String TEXT =
            ".*\\.(java|groovy|xml|md|out|json|txt|tsv)|(.*/)?(check|new|run|\\.gitignore)";

    private final SuiteTree tree = new SuiteTree(Path.of(".."));

    @Test
    void everyFileIsTidy() throws IOException {
        List<String> problems = new ArrayList<>();
        Files.walkFileTree(tree.root(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory,
                    BasicFileAttributes attributes) {
                return NOT_OURS.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                    throws IOException {
                String path = tree.root().relativize(file).toString().replace('\\', '/');
                if (path.matches(TEXT)) {
                    problems.addAll(Tidy.problems(path, Files.readString(file)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertEquals("", String.join("\n", problems));
    }

    @Test
    void everyScriptHasAGoldenAndARightHeadAndEveryGoldenAScript() throws IOException {
        if (!Files.exists(tree.contract())) {
            return;
        }
        Discovery found = Discovery.of(tree,
                Contract.parse("CONTRACT.md", Files.readString(tree.contract())));
        List<String> problems = new ArrayList<>(found.broken().values());
        found.orphans().forEach(golden -> problems.add(tree.shown(golden)
                + ": golden without a script"));
        for (TestScript script : found.scripts()) {
            if (!Files.exists(tree.goldens().resolve(script.name() + ".out"))) {
                problems.add(script.file() + ": script without a golden");
            }
        }
        assertEquals("", String.join("\n", problems));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            engine/src/main/java/mirrorcheck/engine/block/A.java | import mirrorcheck.engine.job.Job; | \
            block imports job, a room that is not below it
            engine/src/main/java/mirrorcheck/engine/host/A.java | import static mirrorcheck.engine.block.B.c; | \
            host imports block, a room that is not below it
            engine/src/main/java/mirrorcheck/engine/A.java | import groovy.lang.Script; | \
            import against the dependency direction: import groovy.lang.Script;
            engine/src/test/java/A.java | import mirrorcheck.iotests.run.Check; | \
            import against the dependency direction: import mirrorcheck.iotests.run.Check;
            iotests/src/main/java/A.java | int a;~ ~ | trailing blank
            golden-outputs/copy/a.out | target:~\t~sparse | tab
            iotests/check | java_home=/usr/lib/~jvm/temurin | path of one machine
            README.md | see /home/~someone/notes | path of one machine
            iotests/tests/copy/a.groovy | // TODO later | leftover
            iotests/src/test/java/A.java | var r = new Random(); | random without a seed
            iotests/tests/guest/a.groovy | Thread.sleep(100) | sleep
            engine/src/main/java/mirrorcheck/engine/job/A.java | long a = System.nanoTime(); | wall clock outside host
            engine/src/main/java/mirrorcheck/engine/job/A.java | var a = Instant.now(); | wall clock outside host
            """)
    void findsWhatIsUntidy(String path, String line, String problem) {
        String text = "// SPDX-License-Identifier: Apache-2.0\n" + line.replace("~", "") + "\n";
        assertEquals(List.of(path + ":2: " + problem), Tidy.problems(path, text));
    }

    @Test
    void findsLinesThatAreTooLong() {
        String head = "// SPDX-License-Identifier: Apache-2.0\n";
        String line = "int a = " + "1".repeat(92) + ";\n";
        assertEquals(List.of("A.java:2: 101 columns, at most 100"),
                Tidy.problems("A.java", head + line));
        assertEquals(List.of(), Tidy.problems("A.java", head + "// " + line));
        assertEquals(List.of(), Tidy.problems("A.java", head + "String s = \"\"\"\n" + line
                + "\"\"\";\n"));
        assertEquals(List.of(), Tidy.problems("A.md", line));
    }

    @Test
    void findsAMissingLicenceAndAMissingNewline() {
        assertEquals(List.of("A.java:1: SPDX line missing", "A.java:1: newline missing at the end"),
                Tidy.problems("A.java", "int a;"));
    }

    @Test
    void lowerRoomsMayBeImported() {
        String head = "// SPDX-License-Identifier: Apache-2.0\n";
        String imports = "import mirrorcheck.engine.bitmap.Bitmap;\n"
                + "import mirrorcheck.engine.host.Errno;\n";
        String path = "engine/src/main/java/mirrorcheck/engine/mirror/A.java";
        assertEquals(List.of(), Tidy.problems(path, head + imports));
    }
}

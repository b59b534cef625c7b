// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import mirrorcheck.iotests.host.Clock;
import mirrorcheck.iotests.report.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first mistakes of a beginner, by the command line, and what is said to each. */
@Timeout(60)
class ValidationTest {
    private static final String COPY = "cp --sparse=always \"$1\" \"$2\"";

    @TempDir
    private Path root;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private int check(String... arguments) {
        said.reset();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        SuiteTree tree = new SuiteTree(root);
        return new Check(tree, Adapters.standard(tree), Clock.system(), Map.of(), out, out)
                .run(arguments);
    }

    /** An adapter named mine whose copier is this shell script; $1 is the source, $2 the target. */
    private Path copier(String script, String capabilities) {
        Path folder = root.resolve("iotests/adapters/mine");
        SuiteKit.put(folder.resolve("copy.sh"), "#!/bin/sh\n" + script + "\n");
        assertTrue(folder.resolve("copy.sh").toFile().setExecutable(true));
        SuiteKit.put(folder.resolve("adapter.json"), """
                {"type": "command", "argv": ["./copy.sh", "{source-path}", "{target-path}"],
                 "capabilities": [%s]}
                """.formatted(capabilities));
        return folder;
    }

    private void says(int code, String script, String line, String... more) {
        copier(script, "");
        String[] arguments = new String[more.length + 3];
        System.arraycopy(new String[] {"--validate", "--adapter", "mine"}, 0, arguments, 0, 3);
        System.arraycopy(more, 0, arguments, 3, more.length);
        assertEquals(code, check(arguments), said.toString(StandardCharsets.UTF_8));
        assertSaid(line);
    }

    private void assertSaid(String line) {
        String all = said.toString(StandardCharsets.UTF_8);
        assertTrue(all.lines().anyMatch(line::equals), all);
    }

    @Test
    void aGoodCopierMayClaimMore() {
        says(Tally.PASSED, COPY, "DATA-1 (MUST): kept: the target reads as the source");
        assertSaid("ZERO-1 (SHOULD): kept: 132 KiB allocated, 132 KiB of them needed; add "
                + "\"sparse\" to its capabilities, and tests will hold it to that");
        assertSaid("next: iotests/check --adapter mine copy");
    }

    @Test
    void aWastefulCopierGetsAdvice() {
        says(Tally.PASSED, "cp --sparse=never \"$1\" \"$2\"",
                "ZERO-1 (SHOULD): not kept: 1024 KiB allocated, 132 KiB of them needed; right but "
                        + "wasteful: is there an option that keeps holes?");
        copier("cp --sparse=never \"$1\" \"$2\"", "\"sparse\"");
        assertEquals(Tally.PASSED, check("--validate", "--adapter", "mine"));
        assertSaid("ZERO-1 (SHOULD): not kept: 1024 KiB allocated, 132 KiB of them needed; it "
                + "claims \"sparse\": tests will fail");
    }

    @Test
    void mistakesOfTheCopyAreExplained() {
        says(Tally.VIOLATED, "echo oops >&2; exit 1",
                "copy of 1 MiB: failed: exit code 1: oops");
        says(Tally.VIOLATED, "exit 0", "DATA-1 (MUST): not kept: the target is unchanged: the "
                + "program ended with 0 and wrote nothing to it; does it take its target where "
                + "argv has it?");
        says(Tally.VIOLATED, "cp \"$2\" \"$1\"", "DATA-3 (MUST): not kept: the source was changed: "
                + "are source and target swapped in argv?");
        says(Tally.VIOLATED, COPY + "; truncate -s 5000 \"$2\"", "DATA-1 (MUST): not kept: the "
                + "target is 5000 bytes long, not 1048576: was it truncated, or not copied to its "
                + "end?");
        says(Tally.VIOLATED, COPY + "; printf x | dd of=\"$2\" bs=1 seek=9 conv=notrunc "
                + "status=none", "DATA-1 (MUST): not kept: the target differs at byte 9; data is "
                + "[262144, 393216) and [1044480, 1048576), the rest reads as zero");
        says(Tally.VIOLATED, "rm \"$2\"", "DATA-1 (MUST): not kept: the target's file is gone");
    }

    @Test
    void whatHangsIsGivenUp() {
        says(Tally.VIOLATED, "mkfifo pipe; cat < pipe", "copy of 1 MiB: failed: still running "
                + "after 200 ms, killed; does it wait for an answer, or serve instead of copying "
                + "and ending?", "--timeout", "200ms");
    }

    @Test
    void mistakesOfTheSetUpAreExplained() {
        Path folder = copier(COPY, "");
        assertTrue(folder.resolve("copy.sh").toFile().setExecutable(false));
        assertEquals(Tally.BROKEN, check("--validate", "--adapter", "mine"));
        assertSaid("not started: adapter mine: " + folder.resolve("copy.sh")
                + ": not executable: chmod +x it");
        SuiteKit.put(folder.resolve("adapter.json"), "{\"type\": \"command\", "
                + "\"argv\": [\"no-such-program-here\", \"{source}\", \"{target}\"]}");
        assertEquals(Tally.BROKEN, check("--validate", "--adapter", "mine"));
        assertSaid("not started: adapter mine: no-such-program-here: not found on the PATH: "
                + "install it, or write its path into argv");
        SuiteKit.put(folder.resolve("adapter.json"),
                "{\"type\": \"command\", \"argv\": [\"cp\", \"{sorce}\", \"{target}\"]}");
        assertEquals(Tally.BROKEN, check("--validate", "--adapter", "mine"));
        assertSaid("check: iotests/adapters/mine/adapter.json: argv[1]: '{sorce}': unknown "
                + "placeholder; did you mean '{source}'?; there are: {source}, {target}, "
                + "{source-path}, {target-path}, {adapter}");
    }

    @Test
    void foldersAreFoundByNameAndByPath() {
        Path folder = copier(COPY, "");
        assertEquals(Tally.PASSED, check("--validate", "--adapter", folder.toString()));
        assertEquals(Tally.BROKEN, check("--validate", "--adapter", "mien"));
        assertSaid("check: --adapter mien: unknown adapter; did you mean 'mine'?; there are: "
                + "engine, mine");
        assertEquals(Tally.BROKEN, check("--validate", "--adapter", root.resolve("x").toString()));
        assertSaid("check: --adapter " + root.resolve("x") + ": no such folder");
        assertEquals(Tally.BROKEN, check("--validate", "--adapter", root.toString()));
        assertSaid("check: --adapter " + root + ": no adapter.json in it");
    }
}

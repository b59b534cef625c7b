// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import mirrorcheck.iotests.host.AtomicWrite;
import mirrorcheck.iotests.host.Clock;
import org.apache.commons.io.file.PathUtils;

/**
 * Runs once at the end of a build: shows the JVM what {@code iotests/check} loads, and leaves the
 * launcher a note.
 *
 * <p>The note is {@code iotests/target/java-home}: the JDK on its first line, the top of the
 * project on its second. It is as old as the beginning of the build, so that every source newer
 * than the note is one the build did not see.
 */
public final class Training {
    private Training() {
    }

    /** Takes the top of the project and the time at which the build began, ISO 8601. */
    public static void main(String[] args) throws IOException {
        SuiteTree tree = new SuiteTree(Path.of(args[0]));
        Path copy = tree.target().resolve("training");
        deleteIfThere(copy);
        try {
            copy(tree, new SuiteTree(copy));
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false,
                    StandardCharsets.UTF_8);
            new Check(new SuiteTree(copy), Adapters.standard(), Clock.system(), Map.of(), nowhere,
                    nowhere)
                    .run("-g", "quick", "--timeout", "10s");
        } finally {
            deleteIfThere(copy);
        }
        Path note = tree.target().resolve("java-home");
        AtomicWrite.write(note, System.getProperty("java.home") + "\n" + tree.root() + "\n");
        Files.setLastModifiedTime(note, FileTime.from(Instant.parse(args[1])));
    }

    /** Only what a run reads: it would write beside goldens that differ. */
    private static void copy(SuiteTree from, SuiteTree to) throws IOException {
        for (Path part : new Path[] {from.common(), from.contract(), from.tests(),
                from.goldens()}) {
            Path target = to.root().resolve(from.root().relativize(part));
            Files.createDirectories(target.getParent());
            if (Files.isDirectory(part)) {
                PathUtils.copyDirectory(part, target);
            } else if (Files.exists(part)) {
                Files.copy(part, target);
            }
        }
    }

    private static void deleteIfThere(Path directory) throws IOException {
        if (Files.exists(directory)) {
            PathUtils.deleteDirectory(directory);
        }
    }
}

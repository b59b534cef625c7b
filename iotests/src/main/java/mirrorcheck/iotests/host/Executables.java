// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Finds programs as a shell does. */
public final class Executables {
    private Executables() {
    }

    /**
     * The file that {@code program} stands for: below {@code folder} if it has a slash and is not
     * absolute, on the PATH if it has none.
     */
    public static Optional<Path> find(String program, Path folder) {
        if (program.contains("/")) {
            return Optional.of(folder.resolve(program).normalize()).filter(Executables::canRun);
        }
        return Arrays.stream(path().split(File.pathSeparator)).filter(part -> !part.isEmpty())
                .map(part -> Path.of(part).resolve(program).toAbsolutePath())
                .filter(Executables::canRun).findFirst();
    }

    /** Why {@link #find} found nothing, and what to do. */
    public static String notFound(String program, Path folder) {
        if (!program.contains("/")) {
            return program + ": not found on the PATH: install it, or write its path into argv";
        }
        Path file = folder.resolve(program).normalize();
        return !Files.exists(file) ? file + ": no such program"
                : file + ": not executable: chmod +x it";
    }

    private static String path() {
        String path = System.getenv("PATH");
        return path == null ? "" : path;
    }

    private static boolean canRun(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}

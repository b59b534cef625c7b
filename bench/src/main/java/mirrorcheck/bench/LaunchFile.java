// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes down how this program was started, so that {@code bench/run} can start JMH the same way
 * without Maven: which java the toolchain gave, and the class path.
 */
final class LaunchFile {
    private LaunchFile() {
    }

    /**
     * Run by Maven after each compilation.
     *
     * @param args the file to write: the path of java on the first line, the class path on the
     *             second
     * @throws IOException if the file cannot be written
     */
    public static void main(String[] args) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String classPath = System.getProperty("java.class.path");
        Files.write(Path.of(args[0]), List.of(java.toString(), classPath));
    }
}

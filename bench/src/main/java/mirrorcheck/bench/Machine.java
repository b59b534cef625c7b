// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a ratio of times depends on besides the program.
 *
 * @param processor  the name it gives itself
 * @param processors how many there are
 * @param fileSystem of the images
 * @param java       the version of the runtime
 */
record Machine(String processor, int processors, String fileSystem, String java) {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final String NAME = "model name";

    /** This one, with images in a directory. */
    static Machine here(Path scratch) throws IOException {
        return new Machine(processorName(), Runtime.getRuntime().availableProcessors(),
                Files.getFileStore(scratch).type(), Runtime.version().toString());
    }

    private static String processorName() throws IOException {
        if (!Files.isReadable(CPUINFO)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(CPUINFO)) {
            return lines.filter(line -> line.startsWith(NAME)).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(System.getProperty("os.arch"));
        }
    }

    /** For a line of a report: {@code AMD EPYC, 2 processors, ext4, Java 25.0.3+9}. */
    @Override
    public String toString() {
        return processor + ", " + processors + " processors, " + fileSystem + ", Java " + java;
    }
}

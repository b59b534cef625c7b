// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes whole files: a reader sees the old content or the new, never half of it. */
public final class AtomicWrite {
    private AtomicWrite() {
    }

    /**
     * Replaces {@code file}, whose directory is made if missing, by a file that holds {@code
     * content}.
     *
     * @throws IOException if it cannot be written; the old file is untouched and nothing is left
     *         beside it
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        long process = ProcessHandle.current().pid();
        Path temporary = directory.resolve("." + file.getFileName() + "." + process + "."
                + Thread.currentThread().threadId() + ".new");
        try {
            Files.write(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** As above, for text in UTF-8. */
    public static void write(Path file, String content) throws IOException {
        write(file, content.getBytes(StandardCharsets.UTF_8));
    }
}

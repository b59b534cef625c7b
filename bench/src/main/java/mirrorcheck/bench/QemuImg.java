// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import mirrorcheck.iotests.adapter.Executables;

/** A second opinion on the tables of an image, where {@code qemu-img} is on the PATH. */
final class QemuImg {
    private static final Optional<Path> PROGRAM = Executables.find("qemu-img", Path.of(""));

    private QemuImg() {
    }

    /**
     * Runs {@code qemu-img check}, which finds corruption and leaks; does nothing where there is no
     * qemu-img.
     *
     * @throws IOException with its words if it finds any
     */
    static void check(Path image) throws IOException {
        if (PROGRAM.isEmpty()) {
            return;
        }
        Process process = new ProcessBuilder(PROGRAM.get().toString(), "check", "-q", "-f",
                ImageFormat.QCOW2.word(), image.toString()).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("qemu-img check " + image + ": exit code " + code + ": "
                        + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("qemu-img check " + image + ": interrupted");
        } finally {
            process.destroyForcibly();
        }
    }
}

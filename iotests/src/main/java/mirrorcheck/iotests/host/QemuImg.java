// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * QEMU's own tool for images, where the host has it: it makes images that the suite did not make,
 * and looks at others with eyes that are not the suite's.
 */
public final class QemuImg {
    /** Where it is, if not on the PATH. */
    static final String VARIABLE = "MIRRORCHECK_QEMU_IMG";
    /** Why a test is skipped without it. */
    static final String NOT_FOUND = "qemu-img: not found on the PATH: install it, or set "
            + VARIABLE + " to its path";

    private static final String PROGRAM = "qemu-img";

    private final Path program;

    private QemuImg(Path program) {
        this.program = program;
    }

    /** The host's, or empty. */
    public static Optional<QemuImg> find() {
        String set = System.getenv(VARIABLE);
        return Executables.find(set == null || set.isEmpty() ? PROGRAM : set, Path.of(""))
                .map(QemuImg::new);
    }

    /**
     * What a run ended with.
     *
     * @param exitCode 0 if all is well; else what qemu-img's manual says of the subcommand
     * @param said     what it printed, on one line
     */
    public record Outcome(int exitCode, String said) {
        /** For messages: {@code exit code 2: ERROR cluster 5 ...}. */
        @Override
        public String toString() {
            return "exit code " + exitCode + (said.isEmpty() ? "" : ": " + said);
        }
    }

    /**
     * Runs it and blocks until it has ended; if interrupted it is killed first.
     *
     * @throws IOException if it does not start, or the thread was interrupted
     */
    public Outcome run(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(arguments);
        command.addFirst(program.toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), said.strip().replaceAll("\\s*\\n\\s*", " | "));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException(
                    PROGRAM + " " + arguments.getFirst() + ": interrupted").initCause(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * The same for a run that must succeed.
     *
     * @throws IOException with its words if it does not
     */
    public void must(List<String> arguments) throws IOException {
        Outcome outcome = run(arguments);
        if (outcome.exitCode() != 0) {
            throw new IOException(PROGRAM + " " + String.join(" ", arguments) + ": " + outcome);
        }
    }
}

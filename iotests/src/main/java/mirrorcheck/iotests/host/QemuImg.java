// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.IOException;
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
     * Runs it; see {@link ToolRun#of}.
     *
     * @throws IOException if it does not start, or the thread was interrupted
     */
    public ToolRun run(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(arguments);
        command.addFirst(program.toString());
        return ToolRun.of(command);
    }

    /**
     * The same for a run that must succeed.
     *
     * @throws IOException with its words if it does not
     */
    public void must(List<String> arguments) throws IOException {
        ToolRun run = run(arguments);
        if (!run.isGood()) {
            throw new IOException(PROGRAM + " " + String.join(" ", arguments) + ": " + run);
        }
    }
}

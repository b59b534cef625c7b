// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.host;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a run of one of the host's small tools ended with: one that ends by itself, soon.
 *
 * @param exitCode 0 if all is well; else what the tool's manual says
 * @param said     what it printed, on one line
 */
public record ToolRun(int exitCode, String said) {
    /**
     * Runs a command and blocks until it has ended; if interrupted it is killed first.
     *
     * @throws IOException if it does not start, or the thread was interrupted
     */
    static ToolRun of(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            return new ToolRun(process.waitFor(), said.strip().replaceAll("\\s*\\n\\s*", " | "));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException(command.getFirst() + ": interrupted")
                    .initCause(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Whether it succeeded. */
    public boolean isGood() {
        return exitCode == 0;
    }

    /** For messages: {@code exit code 2: ERROR cluster 5 ...}. */
    @Override
    public String toString() {
        return "exit code " + exitCode + (said.isEmpty() ? "" : ": " + said);
    }
}

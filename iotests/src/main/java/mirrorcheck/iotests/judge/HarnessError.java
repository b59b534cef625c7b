// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

/**
 * The script, the host or the set-up is at fault, not the mirror: a misspelt word, a scratch
 * directory that is full, an adapter that does not start. The message has the shape {@code subject:
 * what happened: values} and is all a user sees; the runner adds script and line.
 */
public final class HarnessError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HarnessError(String message) {
        super(message);
    }

    public HarnessError(String message, Throwable cause) {
        super(message, cause);
    }
}

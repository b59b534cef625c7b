// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.cli;

/** A command line that is wrong; the message is for the user, without the name of the program. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message, null, false, false);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import java.io.IOException;

/**
 * A call to the host that failed. The message says which call, on what, and why:
 * {@code open '/tmp/x': No such file or directory}.
 */
public final class HostException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;
    private final String reason;

    HostException(Errno errno, String subject, String reason) {
        super(subject + ": " + reason);
        this.errno = errno;
        this.reason = reason;
    }

    /**
     * The failure of {@code call} with a kernel error number, positive; one that is not listed
     * stays in the text.
     */
    static HostException failed(String call, int number) {
        Errno errno = Errno.of(number);
        String detail = errno.number() == number ? "" : " (errno " + number + ")";
        return new HostException(errno, call, errno.text() + detail);
    }

    /** What the host returned. */
    public Errno errno() {
        return errno;
    }

    /** The end of the message: what happened, without the call and the file. */
    public String reason() {
        return reason;
    }
}

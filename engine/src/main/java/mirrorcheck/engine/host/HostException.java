// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import java.io.IOException;

/**
 * A call to the host that failed. The message says which call, on what, and the text of its errno:
 * {@code open '/tmp/x': No such file or directory}.
 */
public final class HostException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    /** An error whose whole text is {@code message}. */
    public HostException(Errno errno, String message) {
        super(message);
        this.errno = errno;
    }

    /** The failure of {@code call} with a kernel error number, positive; one that is not listed stays in the text. */
    static HostException failed(String call, int number) {
        Errno errno = Errno.of(number);
        String detail = errno.number() == number ? "" : " (errno " + number + ")";
        return new HostException(errno, call + ": " + errno.text() + detail);
    }

    /** What the host returned. */
    public Errno errno() {
        return errno;
    }
}

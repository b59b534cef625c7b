// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.io.IOException;
import mirrorcheck.engine.host.Errno;

/**
 * A block operation that failed, or a command that was refused.
 *
 * <p>Expected, as opposed to our own bugs: callers handle it, by an error policy or by telling the
 * user. The message has the shape {@code subject: what happened: values}.
 */
public final class BlockException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    /** An error whose whole text is {@code message}. */
    public BlockException(Errno errno, String message) {
        super(message);
        this.errno = errno;
    }

    /** As above, keeping what it came from. */
    public BlockException(Errno errno, String message, Throwable cause) {
        super(message, cause);
        this.errno = errno;
    }

    /**
     * A command that was refused because of its arguments or the state it met: EINVAL and the text
     * a client reads.
     */
    public static BlockException refused(String message) {
        return new BlockException(Errno.EINVAL, message);
    }

    /** What the device would have returned; {@link Errno#text()} is what a failed job reports. */
    public Errno errno() {
        return errno;
    }
}

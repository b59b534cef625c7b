// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

import mirrorcheck.engine.host.Errno;

/**
 * The error numbers of the protocol. They are those of Linux, but only a few may be sent; what is
 * not among them arrives as EINVAL (rule ERROR-2; measured on QEMU for EACCES).
 */
public final class Errors {
    private Errors() {
    }

    /** The number to send for an error of a block device. */
    public static int toWire(Errno errno) {
        return switch (errno) {
            case EPERM, EIO, ENOMEM, EINVAL, ENOSPC, EOVERFLOW, EOPNOTSUPP, ESHUTDOWN ->
                    errno.number();
            case EROFS -> Errno.EPERM.number();
            case EDQUOT, EFBIG -> Errno.ENOSPC.number();
            default -> Errno.EINVAL.number();
        };
    }

    /** The error of a block device for a number that came over the wire. */
    public static Errno fromWire(int number) {
        Errno errno = Errno.of(number);
        return errno.number() == number && toWire(errno) == number ? errno : Errno.EINVAL;
    }
}

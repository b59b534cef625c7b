// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.host;

import java.util.Locale;

/**
 * The error numbers that block devices report, with the text that {@code strerror} gives for them
 * on Linux.
 *
 * <p>The numbers are those of Linux on x86-64 and aarch64 (asm-generic/errno.h). The text is part
 * of what a client sees: a failed job carries it in its {@code error} member (rule ERROR-2).
 */
public enum Errno {
    EPERM(1, "Operation not permitted"),
    ENOENT(2, "No such file or directory"),
    EINTR(4, "Interrupted system call"),
    EIO(5, "Input/output error"),
    ENXIO(6, "No such device or address"),
    EBADF(9, "Bad file descriptor"),
    EAGAIN(11, "Resource temporarily unavailable"),
    ENOMEM(12, "Cannot allocate memory"),
    EACCES(13, "Permission denied"),
    EBUSY(16, "Device or resource busy"),
    EEXIST(17, "File exists"),
    EXDEV(18, "Invalid cross-device link"),
    ENODEV(19, "No such device"),
    ENOTDIR(20, "Not a directory"),
    EISDIR(21, "Is a directory"),
    EINVAL(22, "Invalid argument"),
    ENFILE(23, "Too many open files in system"),
    EMFILE(24, "Too many open files"),
    ENOTTY(25, "Inappropriate ioctl for device"),
    EFBIG(27, "File too large"),
    ENOSPC(28, "No space left on device"),
    ESPIPE(29, "Illegal seek"),
    EROFS(30, "Read-only file system"),
    ENAMETOOLONG(36, "File name too long"),
    ENOSYS(38, "Function not implemented"),
    ELOOP(40, "Too many levels of symbolic links"),
    EOVERFLOW(75, "Value too large for defined data type"),
    EOPNOTSUPP(95, "Operation not supported"),
    ESHUTDOWN(108, "Cannot send after transport endpoint shutdown"),
    EDQUOT(122, "Disk quota exceeded"),
    ECANCELED(125, "Operation canceled");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The number as the kernel returns it, positive. */
    public int number() {
        return number;
    }

    /** The text of {@code strerror}, as it appears in job errors. */
    public String text() {
        return text;
    }

    /**
     * The constant for a kernel error number; a number not listed here is an I/O error to a block
     * device: EIO.
     */
    public static Errno of(int number) {
        for (Errno errno : values()) {
            if (errno.number == number) {
                return errno;
            }
        }
        return EIO;
    }

    /**
     * The constant with this name, in any case, as it is written in scripts: {@code "ENOSPC"}.
     *
     * @throws IllegalArgumentException if there is no such errno; the message names it
     */
    public static Errno named(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("errno " + name + ": not one a block device reports",
                    e);
        }
    }
}

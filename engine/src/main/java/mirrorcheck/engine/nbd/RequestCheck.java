// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd;

import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.nbd.wire.BlockSizes;
import mirrorcheck.engine.nbd.wire.Command;
import mirrorcheck.engine.nbd.wire.Flags;

/** Decides which requests reach an export: those it offered, in range, with flags they may have. */
final class RequestCheck {
    private final NbdExport export;
    private final BlockSizes sizes;
    private final boolean status;
    private final int flags;

    RequestCheck(Negotiation.Agreement agreement) {
        export = agreement.served().export();
        sizes = agreement.served().options().blockSizes();
        status = agreement.status();
        flags = agreement.served().info(agreement.structured()).flags();
    }

    /** Why a request is refused, or null if it may run. */
    BlockException refusal(Command command) {
        if (!isOffered(command.type())) {
            return error(Errno.EINVAL, command, "not offered");
        }
        int unknown = command.flags() & ~allowedFlags(command.type());
        if (unknown != 0) {
            return error(Errno.EINVAL, command, "flags 0x" + Integer.toHexString(unknown)
                    + ": not offered");
        }
        if (isWrite(command.type()) && (flags & Flags.READ_ONLY) != 0) {
            return error(Errno.EPERM, command, "the export is read-only");
        }
        return command.type() == Command.FLUSH ? flushRefusal(command) : rangeRefusal(command);
    }

    private boolean isOffered(int type) {
        return switch (type) {
            case Command.READ, Command.WRITE -> true;
            case Command.FLUSH -> (flags & Flags.SEND_FLUSH) != 0;
            // Not offered by a read-only export, which has its own answer to writes.
            case Command.TRIM -> (flags & (Flags.SEND_TRIM | Flags.READ_ONLY)) != 0;
            case Command.WRITE_ZEROES -> (flags & (Flags.SEND_WRITE_ZEROES | Flags.READ_ONLY)) != 0;
            case Command.BLOCK_STATUS -> status;
            default -> false;
        };
    }

    private static boolean isWrite(int type) {
        return type == Command.WRITE || type == Command.TRIM || type == Command.WRITE_ZEROES;
    }

    private int allowedFlags(int type) {
        int fua = (flags & Flags.SEND_FUA) != 0 ? Command.FLAG_FUA : 0;
        return fua | switch (type) {
            case Command.READ -> (flags & Flags.SEND_DF) != 0 ? Command.FLAG_DF : 0;
            case Command.WRITE_ZEROES -> Command.FLAG_NO_HOLE
                    | ((flags & Flags.SEND_FAST_ZERO) != 0 ? Command.FLAG_FAST_ZERO : 0);
            case Command.BLOCK_STATUS -> Command.FLAG_REQ_ONE;
            default -> 0;
        };
    }

    private static BlockException flushRefusal(Command command) {
        if (command.offset() != 0 || command.length() != 0) {
            return error(Errno.EINVAL, command, "offset and length must be 0");
        }
        return null;
    }

    private BlockException rangeRefusal(Command command) {
        long length = export.length();
        long offset = command.offset();
        long bytes = command.length();
        if (offset < 0 || offset > length || bytes > length - offset) {
            boolean full = command.type() == Command.WRITE
                    || command.type() == Command.WRITE_ZEROES;
            return error(full ? Errno.ENOSPC : Errno.EINVAL, command,
                    "not inside the export: " + length + " bytes");
        }
        boolean carriesData = command.type() == Command.READ || command.type() == Command.WRITE;
        if (carriesData && bytes > sizes.maximum()) {
            return error(Errno.EINVAL, command,
                    "longer than the maximum block size: " + sizes.maximum() + " bytes");
        }
        long mask = sizes.minimum() - 1L;
        if ((offset & mask) != 0 || (bytes & mask) != 0 && offset + bytes != length) {
            return error(Errno.EINVAL, command,
                    "not aligned to the minimum block size: " + sizes.minimum() + " bytes");
        }
        if (command.type() == Command.BLOCK_STATUS && bytes == 0) {
            return error(Errno.EINVAL, command, "length must not be 0");
        }
        return null;
    }

    private static BlockException error(Errno errno, Command command, String why) {
        return new BlockException(errno, command.describe() + ": " + why);
    }
}

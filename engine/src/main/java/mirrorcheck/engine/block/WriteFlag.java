// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.util.Set;

/** What may be asked of a write or a zero write besides the write itself. */
public enum WriteFlag {
    /** Durable when the call returns: NBD_CMD_FLAG_FUA. */
    FUA,
    /**
     * The range may be deallocated if it then reads as zero: the absence of NBD_CMD_FLAG_NO_HOLE.
     */
    MAY_UNMAP,
    /** Fail with EOPNOTSUPP rather than write zero bytes: NBD_CMD_FLAG_FAST_ZERO. */
    FAST_ZERO;

    /** No flag. */
    public static final Set<WriteFlag> NONE = Set.of();
}

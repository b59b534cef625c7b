// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import java.util.Set;

/**
 * One request to a block node, for those that watch, fail or delay requests.
 *
 * @param kind   what is asked
 * @param offset first byte; 0 for a flush
 * @param bytes  length; 0 for a flush
 * @param flags  of a write or a zero write, otherwise none
 */
public record Request(Kind kind, long offset, long bytes, Set<WriteFlag> flags) {
    /** The operations of {@link BlockNode}. */
    public enum Kind {
        READ,
        WRITE,
        WRITE_ZEROES,
        DISCARD,
        FLUSH,
        BLOCK_STATUS
    }

    /** Whether the request touches the range; a flush touches every range. */
    public boolean overlaps(long rangeOffset, long rangeBytes) {
        return kind == Kind.FLUSH
                || offset - rangeOffset < rangeBytes && rangeOffset - offset < bytes;
    }
}

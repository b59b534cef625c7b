// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

/**
 * What a node asks of requests, as {@code BlockLimits} of a node or the block sizes of an NBD
 * export (NBD_INFO_BLOCK_SIZE).
 *
 * @param requestAlignment offsets and lengths a driver takes without padding, in bytes; a power of
 *         two, 1 for buffered files
 * @param clusterSize      allocation unit of the format in bytes, or 0 if it has none; the default
 *         granularity follows it
 * @param maxTransfer      largest read or write in bytes; the node splits larger ones by itself
 * @param maxWriteZeroes   largest write-zeroes or discard in bytes; the node splits larger ones by
 *         itself
 * @param canWriteZeroes   whether zeroes can be written without sending them; decides on the
 *         pre-zeroing pass (rule PREZERO-1)
 */
public record Limits(int requestAlignment, long clusterSize, long maxTransfer, long maxWriteZeroes,
        boolean canWriteZeroes) {
    /** No alignment, no clusters, no bounds: a buffered file or memory. */
    public static final Limits NONE = new Limits(1, 0, Long.MAX_VALUE, Long.MAX_VALUE, true);
}

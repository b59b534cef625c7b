// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.nbd.wire;

/**
 * What an export asks of requests (NBD, "Block size constraints").
 *
 * @param minimum   offsets and lengths are multiples of it; a power of two, 1 to 65,536 bytes
 * @param preferred what is efficient; a power of two, at least 512 and the minimum
 * @param maximum   the longest read or write in bytes; a multiple of the minimum, or 2^32 - 1
 */
public record BlockSizes(int minimum, int preferred, long maximum) {
    /** The longest payload that peers may count on, in bytes: 32 MiB. */
    public static final int MAX_PAYLOAD = 32 << 20;
    /** Says that there is no maximum. */
    public static final long UNLIMITED = 0xffffffffL;
    /** What a server with nothing special asks: no alignment, at most 32 MiB. */
    public static final BlockSizes DEFAULT = new BlockSizes(1, 4096, MAX_PAYLOAD);

    private static final int MAX_MINIMUM = 65536;
    private static final int MIN_PREFERRED = 512;

    /**
     * Refuses sizes that the protocol does not allow.
     *
     * @return these sizes
     */
    public BlockSizes checked() throws WireException {
        WireException.checkRange("nbd minimum block size", minimum, 1, MAX_MINIMUM);
        checkPowerOfTwo("nbd minimum block size", minimum);
        WireException.checkRange("nbd preferred block size", preferred,
                Math.max(minimum, MIN_PREFERRED), Integer.MAX_VALUE);
        checkPowerOfTwo("nbd preferred block size", preferred);
        WireException.checkRange("nbd maximum block size", maximum, minimum, UNLIMITED);
        if (maximum != UNLIMITED && maximum % minimum != 0) {
            throw new WireException("nbd maximum block size " + maximum
                    + ": must be a multiple of the minimum block size " + minimum);
        }
        return this;
    }

    private static void checkPowerOfTwo(String field, int value) throws WireException {
        if (Integer.bitCount(value) != 1) {
            throw new WireException(field + " " + value + ": must be a power of two");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import mirrorcheck.engine.block.Extent;

/**
 * What one mirror asked of its target, as far as rules fix it.
 *
 * @param dataWrites    data writes
 * @param bytesWritten  their bytes
 * @param zeroWrites    zero writes
 * @param bytesZeroed   their bytes
 * @param skippedBytes  bytes of zeroes that cost no request
 * @param targetStatus  block-status requests
 */
record Counts(long dataWrites, long bytesWritten, long zeroWrites, long bytesZeroed,
        long skippedBytes, long targetStatus) {
    /** The longest data request of a mirror with the default buf-size, in bytes (rule COST-2). */
    private static final long LONGEST_WRITE = 1L << 20;
    /** The longest run that a mirror with the default buf-size takes at once, in bytes. */
    private static final long WINDOW = 16L << 20;

    /**
     * What a full mirror to a new sparse target must cost. Data is written once (rule COST-1), and
     * nothing else is; zeroes are skipped by a mirror that knows that the target has them already
     * (rule ZERO-1), found out by one look at the whole of it (rule ZERO-5). One that does not know
     * writes them all.
     */
    static Counts expected(SourceImage source, boolean zeroBitmap) {
        long dataWrites = 0;
        long bytesWritten = 0;
        long holeRequests = 0;
        long end = 0;
        for (Extent data : source.data()) {
            holeRequests += requests(end, data.offset(), WINDOW);
            dataWrites += requests(data.offset(), data.end(), LONGEST_WRITE);
            bytesWritten += data.bytes();
            end = data.end();
        }
        holeRequests += requests(end, source.size(), WINDOW);
        long holeBytes = source.size() - bytesWritten;
        return zeroBitmap ? new Counts(dataWrites, bytesWritten, 0, 0, holeBytes, 1)
                : new Counts(dataWrites, bytesWritten, holeRequests, holeBytes, 0, 1);
    }

    /**
     * The requests for {@code [begin, end)} that is cut at the windows, which lie at their
     * multiples as everything is dirty, and into pieces of at most {@code longest} within each.
     */
    private static long requests(long begin, long end, long longest) {
        long requests = 0;
        for (long offset = begin; offset < end;) {
            long windowEnd = Math.min(end, offset - offset % WINDOW + WINDOW);
            requests += Math.ceilDiv(windowEnd - offset, longest);
            offset = windowEnd;
        }
        return requests;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.Map;
import mirrorcheck.iotests.image.Cell;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RangeMap.Run;

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
     *
     * <p>Holes of a source that does not allocate them cost nothing: the mirror, once it found that
     * the target reads as zero, does not come to them. Of a target that allocates none the mirror
     * asks two things: whether it has clusters of its own, and what lies below them.
     */
    static Counts expected(ImageModel source, ImageFormat sourceFormat, ImageFormat targetFormat,
            boolean zeroBitmap) {
        long dataWrites = 0;
        long bytesWritten = 0;
        long zeroWrites = 0;
        for (Run<Cell> run : source.cells()) {
            if (run.value().readsZero()) {
                zeroWrites += requests(run, WINDOW);
            } else {
                dataWrites += requests(run, LONGEST_WRITE);
                bytesWritten += run.bytes();
            }
        }
        long zeroes = source.size() - bytesWritten;
        long looks = targetFormat.allocatesHoles() ? 1 : 2;
        if (!sourceFormat.allocatesHoles()) {
            return new Counts(dataWrites, bytesWritten, 0, 0, 0, looks);
        }
        return zeroBitmap ? new Counts(dataWrites, bytesWritten, 0, 0, zeroes, looks)
                : new Counts(dataWrites, bytesWritten, zeroWrites, zeroes, 0, looks);
    }

    /**
     * The requests for a run that is cut at the windows, which lie at their multiples where
     * everything is dirty, and into pieces of at most {@code longest} within each.
     */
    private static long requests(Run<Cell> run, long longest) {
        long requests = 0;
        for (long offset = run.offset(); offset < run.end();) {
            long windowEnd = Math.min(run.end(), offset - offset % WINDOW + WINDOW);
            requests += Math.ceilDiv(windowEnd - offset, longest);
            offset = windowEnd;
        }
        return requests;
    }

    /** Each by its name. */
    Map<String, Long> byName() {
        return Map.of("dataWrites", dataWrites, "bytesWritten", bytesWritten, "zeroWrites",
                zeroWrites, "bytesZeroed", bytesZeroed, "skippedBytes", skippedBytes,
                "targetStatus", targetStatus);
    }
}

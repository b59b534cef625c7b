// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.util.Map;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.mirror.Sync;
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
    /** The bytes of a bit of the mirror's bitmaps, for all formats here. */
    private static final long CHUNK = 64L << 10;
    /** The longest data request of a mirror with the default buf-size, in bytes (rule COST-2). */
    private static final long LONGEST_WRITE = 1L << 20;
    /** The longest run that a mirror with the default buf-size takes at once, in bytes. */
    private static final long WINDOW = 16L << 20;

    /**
     * What a mirror to a new sparse target must cost while no guest writes. Data is written once
     * (rule COST-1), in whole chunks, and nothing else is. Zeroes are skipped by a mirror that
     * knows that the target has them already (rule ZERO-1), found out by one look at the whole of
     * it (rule ZERO-5), and by one that asks the target for each range of them. One that does
     * neither writes them all; so does each if holes must be punched (rule ZERO-7), and none looks
     * then. Zero bytes are data, unless the target detects them.
     *
     * <p>Holes of a source that does not allocate them cost nothing: the mirror, once it found that
     * the target reads as zero, does not come to them. Of a target that allocates none the mirror
     * asks two things: whether it has clusters of its own, and what lies below them.
     *
     * @param source of which no data request would hold both data and written zeroes
     */
    static Counts expected(ImageModel source, ImageFormat sourceFormat, ImageFormat targetFormat,
            MirrorSettings settings) {
        boolean seesHoles = sourceFormat.allocatesHoles()
                || settings.mustPunch() && settings.sync() == Sync.FULL;
        Counts all = look(targetFormat, settings);
        for (Run<Boolean> run : StatusRuns.of(source, CHUNK)) {
            if (run.value()) {
                boolean detected = settings.detectZeroes() != DetectZeroes.OFF
                        && source.all(run.offset(), run.bytes(), Cell::readsZero);
                all = all.plus(data(run, detected));
            } else if (seesHoles) {
                all = all.plus(hole(run, settings));
            }
        }
        return all;
    }

    private static Counts look(ImageFormat target, MirrorSettings settings) {
        long looks = target.allocatesHoles() ? 1 : 2;
        return new Counts(0, 0, 0, 0, 0, settings.mustPunch() ? 0 : looks);
    }

    private static Counts data(Run<Boolean> run, boolean detected) {
        long requests = requests(run, LONGEST_WRITE);
        return detected ? new Counts(0, 0, requests, run.bytes(), 0, 0)
                : new Counts(requests, run.bytes(), 0, 0, 0, 0);
    }

    private static Counts hole(Run<Boolean> run, MirrorSettings settings) {
        Counts written = new Counts(0, 0, requests(run, WINDOW), run.bytes(), 0, 0);
        if (settings.mustPunch()) {
            return written;
        }
        return switch (settings.tracking()) {
            case ZERO_BITMAP -> new Counts(0, 0, 0, 0, run.bytes(), 0);
            case NONE -> written;
            case BLOCK_STATUS -> new Counts(0, 0, 0, 0, run.bytes(), probes(run));
        };
    }

    /** The sum of both. */
    Counts plus(Counts other) {
        return new Counts(dataWrites + other.dataWrites, bytesWritten + other.bytesWritten,
                zeroWrites + other.zeroWrites, bytesZeroed + other.bytesZeroed,
                skippedBytes + other.skippedBytes, targetStatus + other.targetStatus);
    }

    /** So many times the same. */
    Counts times(long n) {
        return new Counts(n * dataWrites, n * bytesWritten, n * zeroWrites, n * bytesZeroed,
                n * skippedBytes, n * targetStatus);
    }

    /**
     * The zeroes of a window at a time, until a whole window was skipped: the mirror then takes all
     * that may be left at once.
     */
    private static long probes(Run<Boolean> run) {
        long first = Math.ceilDiv(run.offset(), WINDOW) * WINDOW;
        return run.end() - first <= WINDOW ? requests(run, WINDOW)
                : (first > run.offset() ? 1 : 0) + 2;
    }

    /**
     * The requests for a run that is cut at the windows, which lie at their multiples where
     * everything is dirty, and into pieces of at most {@code longest} within each.
     */
    private static long requests(Run<Boolean> run, long longest) {
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

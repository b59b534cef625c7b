// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.judge;

import java.util.List;
import mirrorcheck.iotests.image.Cell;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RangeMap;
import mirrorcheck.iotests.image.RangeMap.Run;
import mirrorcheck.iotests.judge.CopyCase.DetectZeroes;
import mirrorcheck.iotests.judge.CopyCase.Sync;
import mirrorcheck.iotests.judge.CopyOutcome.Tally;

/**
 * The contract of copying in executable form: from a case to what must come of it.
 *
 * <p>It knows the measurements and nothing of any engine, so it can judge one. It plays the copy
 * through on models, a chunk at a time, in the order a reader would tell it: what is known of the
 * target, what is to be copied, and how each chunk gets there. One object judges one case.
 */
public final class CopyRules {
    /**
     * A target whose data is no longer than this prefix is read, and counts as zero if that reads
     * as zero.
     */
    private static final long INSPECTED_PREFIX = 128 << 10;
    /** A data request covers no more chunks than this, whatever their size. */
    private static final long MAX_CHUNKS = 1024;
    private static final long MIB = 1 << 20;
    /** The pre-zeroing pass goes in steps that a 31-bit length can hold, less one chunk. */
    private static final long PREZERO_STEP = 1L << 31;

    private final CopyCase mirror;
    private final ImageModel source;
    private final ImageModel target;
    private final long length;
    private final long chunk;
    private final long window;
    private final long maxWrite;
    private final RangeMap<Boolean> copied;
    private final RangeMap<Boolean> decided;
    private Tally writes = Tally.NONE;
    private Tally zeroes = Tally.NONE;
    private Tally unmaps = Tally.NONE;
    private boolean tailWritten;

    private CopyRules(CopyCase mirror) {
        this.mirror = mirror;
        length = roundUp(mirror.source().model().size(), 512);
        source = mirror.source().model().resized(length);
        target = mirror.target().resized(length);
        chunk = mirror.granularity();
        window = roundUp(mirror.bufSize(), chunk);
        long largest = Math.min(window, Math.max(MIB, window / 16));
        maxWrite = Math.min(Math.max(chunk, largest), MAX_CHUNKS * chunk);
        copied = copiedChunks();
        decided = new RangeMap<>(length, true);
        mirror.source().any().runs().forEach(run ->
                decided.put(run.offset(), run.bytes(), run.value()));
    }

    /**
     * What must come of {@code mirror}. A pure function: the models of the case stay as they are.
     */
    public static CopyOutcome judge(CopyCase mirror) {
        return new CopyRules(mirror).play();
    }

    private CopyOutcome play() {
        boolean mustPunch = mirror.unmap() && mirror.detectZeroes() == DetectZeroes.UNMAP;
        boolean targetZero = !mustPunch && (mirror.targetIsZero() || readsAsZeroByInspection());
        boolean prezero = mirror.sync() == Sync.FULL && mirror.unmap() && !mustPunch && !targetZero
                && length > 0;
        if (prezero) {
            prezero();
        }
        long len = 0;
        for (Run<Boolean> run : dirty(targetZero || prezero).runs()) {
            if (run.value()) {
                len += run.bytes();
                for (long offset = run.offset(); offset < run.end(); offset += window) {
                    copyWindow(offset, Math.min(offset + window, run.end()),
                            targetZero || prezero);
                }
            }
        }
        ImageModel after = tailWritten ? target : target.resized(mirror.target().size());
        boolean durable = writes.count() + zeroes.count() + unmaps.count() > 0;
        return new CopyOutcome(after.readsLike(mirror.source().model()), after, len, writes, zeroes,
                unmaps, targetZero,
                prezero, durable);
    }

    /**
     * One block status over the whole target: all zero, or data only in a short prefix, which is
     * read.
     */
    private boolean readsAsZeroByInspection() {
        List<Run<Boolean>> runs = hostData(target, ImageModel.HOST_BLOCK).runs();
        long prefix = !runs.isEmpty() && runs.getFirst().value() ? runs.getFirst().bytes() : 0;
        return prefix <= INSPECTED_PREFIX
                && target.all(0, prefix, Cell::readsZero)
                && target.all(prefix, length - prefix, Cell::knownZero);
    }

    /**
     * The chunks to copy: with sync=full everything, or, on a target that reads as zero, what any
     * layer of the source decides; with sync=top what its top layer decides. A raw file decides all
     * of it, holes included, so top promises as much as full.
     */
    private RangeMap<Boolean> dirty(boolean targetZero) {
        RangeMap<Boolean> promised = switch (mirror.sync()) {
            case NONE -> new RangeMap<>(length, false);
            case TOP -> mirror.source().top();
            case FULL -> targetZero ? mirror.source().any() : new RangeMap<>(length, true);
        };
        RangeMap<Boolean> dirty = new RangeMap<>(length, false);
        for (Run<Boolean> run : promised.runs()) {
            if (run.value()) {
                long from = run.offset() / chunk * chunk;
                dirty.put(from, Math.min(roundUp(run.end(), chunk), length) - from, true);
            }
        }
        return dirty;
    }

    private void prezero() {
        long step = PREZERO_STEP - chunk;
        for (long offset = 0; offset < length; offset += step) {
            unmap(offset, Math.min(step, length - offset));
        }
    }

    /**
     * The job walks at most buf-size of consecutive dirty bytes at a time; no request crosses the
     * end of such a window.
     */
    private void copyWindow(long begin, long end, boolean targetZero) {
        for (Run<Boolean> run : copied.runs(begin, end - begin)) {
            if (run.value()) {
                copyData(run.offset(), run.end());
            } else if (!targetZero) {
                // Zeroes that a layer decided and those that none did are two extents.
                for (Run<Boolean> part : decided.runs(run.offset(), run.bytes())) {
                    zero(part.offset(), part.bytes(), mirror.unmap());
                }
            }
        }
    }

    private void copyData(long begin, long end) {
        for (long offset = begin; offset < end; offset += maxWrite) {
            long bytes = Math.min(maxWrite, end - offset);
            if (mirror.detectZeroes() != DetectZeroes.OFF
                    && source.all(offset, bytes, Cell::readsZero)) {
                zero(offset, bytes, mirror.unmap() && mirror.detectZeroes() == DetectZeroes.UNMAP);
            } else {
                write(offset, bytes);
            }
        }
    }

    private void write(long offset, long bytes) {
        writes = writes.plus(bytes);
        tailWritten |= offset + bytes == length;
        for (Run<Cell> run : source.cells(offset, bytes)) {
            if (run.value().readsZero()) {
                target.zeroes(run.offset(), run.bytes());
            } else {
                target.write(run.offset(), run.bytes(), run.value().pattern());
            }
        }
    }

    private void zero(long offset, long bytes, boolean mayUnmap) {
        if (mayUnmap) {
            unmap(offset, bytes);
        } else {
            zeroes = zeroes.plus(bytes);
            tailWritten |= offset + bytes == length;
            target.unwritten(offset, bytes);
        }
    }

    private void unmap(long offset, long bytes) {
        unmaps = unmaps.plus(bytes);
        target.punch(offset, bytes);
    }

    /** Which chunks are data: any with some data in it, and a partial last one always. */
    private RangeMap<Boolean> copiedChunks() {
        RangeMap<Boolean> copied = hostData(source, Math.max(chunk, ImageModel.HOST_BLOCK));
        long tail = length % chunk;
        copied.put(length - tail, tail, true);
        return copied;
    }

    /** What the host calls data, widened to whole units; it reports holes in whole blocks. */
    private static RangeMap<Boolean> hostData(ImageModel image, long unit) {
        RangeMap<Boolean> data = new RangeMap<>(image.size(), false);
        for (Run<Cell> run : image.cells()) {
            if (!run.value().knownZero()) {
                long from = run.offset() / unit * unit;
                data.put(from, Math.min(roundUp(run.end(), unit), image.size()) - from, true);
            }
        }
        return data;
    }

    private static long roundUp(long value, long unit) {
        return Math.ceilDiv(value, unit) * unit;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.OptionalLong;
import mirrorcheck.iotests.ends.Request.Kind;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.judge.AllocationJudge;
import mirrorcheck.iotests.judge.CopyOutcome;

/**
 * Compares what one mirror did with what it had to do, and says which rule each difference breaks.
 */
final class OutcomeJudge {
    private static final long SECTOR = 512;

    private final Stage stage;
    private final Image source;
    private final Image target;
    private final CopyOutcome expected;
    private boolean agrees = true;
    private long unmapped;

    OutcomeJudge(Stage stage, Image source, Image target, CopyOutcome expected) {
        this.stage = stage;
        this.source = source;
        this.target = target;
        this.expected = expected;
    }

    /**
     * The target reads as the source where that was promised, and elsewhere as before.
     *
     * @param vouched whether the user said that the target is zero
     */
    void content(OptionalLong differs, ImageModel before, boolean vouched) {
        String promised = expected.identical() ? "identical to source"
                : expected.after().readsLike(before) ? "unchanged"
                : vouched ? "old data where it was vouched zero"
                : "old data where nothing was promised";
        String observed = differs.isEmpty() ? promised : "wrong at "
                + Text.size(differs.getAsLong());
        stage.fact(target.getName(), observed);
        if (differs.isPresent()) {
            violation(contentRule(differs.getAsLong()), target.getName(), observed, promised);
        }
    }

    private String contentRule(long differs) {
        if (source.format().backing() != null) {
            return endsBefore(source.format().backing(), differs) ? "CHAIN-3" : "CHAIN-2";
        }
        boolean copied = expected.len() > 0 && source.getModel().cells(differs, 1).stream()
                .allMatch(run -> !run.value().knownZero()) || expected.identical();
        return copied ? "DATA-1" : "DATA-2";
    }

    /** Whether this layer, or one below it, is too short to say what is at {@code offset}. */
    private static boolean endsBefore(Image layer, long offset) {
        return layer != null && (layer.getSize() <= offset
                || endsBefore(layer.format().backing(), offset));
    }

    /**
     * A raw file takes the rounded size when its last sector is written, needlessly or not, and not
     * before; a punch may do either.
     */
    void size(long size, Arrived arrived) {
        long end = target.getSize() + SECTOR - 1 & -SECTOR;
        boolean written = arrived.reaches(end, Kind.WRITE, Kind.WRITE_ZEROES);
        long wanted = written ? end : target.getSize();
        if (size != wanted && (written || !arrived.reaches(end, Kind.WRITE_ZEROES_UNMAP))) {
            violation("SIZE-1", target.getName(), "file of " + Text.size(size),
                    Text.size(wanted));
        }
    }

    void allocation(long allocated) {
        long wanted = expected.after().allocatedBytes();
        String observed = AllocationJudge.classOf(allocated, target.getSize());
        stage.fact(target.getName(),
                observed.equals("partial") ? "allocated " + Text.size(wanted) : observed);
        if (Math.abs(allocated - wanted) > AllocationJudge.SLOP) {
            String needed = allocated < wanted ? needlessZeroes("PREZERO-1")
                    : expected.unmaps().count() > 0 ? "ALLOC-2" : "ZERO-1";
            String rule = allocated < wanted && !mayUnmap() ? "ALLOC-1" : needed;
            violation(rule, target.getName(),
                    "allocated " + Text.size(allocated) + " (" + observed + ")",
                    Text.size(wanted));
        }
    }

    void progress(Job.Progress ready) {
        Job.Progress wanted = new Job.Progress(expected.len(), expected.len());
        stage.fact("mirror", ready == null ? "never ready" : "ready at " + Text.size(ready.len()));
        if (!wanted.equals(ready)) {
            violation("PROGRESS-1", "mirror",
                    ready == null ? "never ready" : ready.toString(), wanted.toString());
        }
    }

    void requests(Arrived arrived) {
        stage.fact(target.getName(), arrived.totals());
        bytes(arrived, Kind.WRITE, expected.writes().bytes(), "COST-1");
        unmapped = arrived.unmappedInstead(expected.zeroes().bytes(), expected.unmaps().bytes());
        if (unmapped > 0) {
            violation("ALLOC-1", target.getName(), Kind.WRITE_ZEROES_UNMAP.word() + " "
                    + Text.size(unmapped), Kind.WRITE_ZEROES.word() + " " + Text.size(unmapped));
        }
        bytes(arrived, Kind.WRITE_ZEROES, expected.zeroes().bytes(), needlessZeroes("ALLOC-2"));
        bytes(arrived, Kind.WRITE_ZEROES_UNMAP, expected.unmaps().bytes(),
                mayUnmap() ? unmapRule(arrived) : "ALLOC-1");
        bytes(arrived, Kind.DISCARD, 0, "ALLOC-1");
        if (expected.durable() && arrived.count(Kind.FLUSH) == 0) {
            violation("FLUSH-1", target.getName(), "never flushed", "flushed");
        }
    }

    private boolean mayUnmap() {
        return "unmap".equals(target.nodeOptions().get("discard"));
    }

    /** Whether no rule was found broken. */
    boolean agrees() {
        return agrees;
    }

    private void violation(String rule, String subject, String observed, String wanted) {
        agrees = false;
        stage.violation(rule, subject, observed, wanted);
    }

    /** Zero writes over zeroes break the rule of what made the target zero. */
    private String needlessZeroes(String otherwise) {
        if (expected.prezeroed()) {
            return "PREZERO-2";
        }
        return expected.targetZero() ? "ZERO-1" : otherwise;
    }

    private String unmapRule(Arrived arrived) {
        boolean tooFew = arrived.bytes(Kind.WRITE_ZEROES_UNMAP) < expected.unmaps().bytes();
        if (tooFew && "unmap".equals(target.nodeOptions().get("detect-zeroes"))) {
            return "ZERO-7";
        }
        return tooFew && expected.prezeroed() ? "PREZERO-1"
                : needlessZeroes(tooFew ? "ALLOC-2" : "PREZERO-1");
    }

    private void bytes(Arrived arrived, Kind kind, long wanted, String rule) {
        long seen = arrived.bytes(kind, unmapped);
        if (seen != wanted) {
            violation(rule, target.getName(), kind.word() + " " + Text.size(seen),
                    Text.size(wanted));
        }
    }
}

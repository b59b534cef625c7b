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
    private final Stage stage;
    private final Image target;
    private final CopyOutcome expected;

    OutcomeJudge(Stage stage, Image target, CopyOutcome expected) {
        this.stage = stage;
        this.target = target;
        this.expected = expected;
    }

    /** The target reads as the source where that was promised, and elsewhere as before. */
    void content(OptionalLong differs, ImageModel source, ImageModel before) {
        String promised = expected.identical() ? "identical to source"
                : expected.after().readsLike(before) ? "unchanged"
                : "old data where it was vouched zero";
        String observed = differs.isEmpty() ? promised : "wrong at "
                + Text.size(differs.getAsLong());
        stage.fact(target.getName(), observed);
        if (differs.isPresent()) {
            boolean copied = expected.len() > 0 && source.cells(differs.getAsLong(), 1).stream()
                    .allMatch(run -> !run.value().knownZero()) || expected.identical();
            stage.violation(copied ? "DATA-1" : "DATA-2", target.getName(), observed, promised);
        }
    }

    /**
     * A raw file takes the rounded size when its last sector is written, and not before; a punch
     * may do either.
     */
    void size(long size) {
        long wanted = expected.after().size();
        if (size != wanted && expected.unmaps().count() == 0) {
            stage.violation("SIZE-1", target.getName(), "file of " + Text.size(size),
                    Text.size(wanted));
        }
    }

    void allocation(long allocated) {
        long wanted = expected.after().allocatedBytes();
        String observed = AllocationJudge.classOf(allocated, target.getSize());
        stage.fact(target.getName(),
                observed.equals("partial") ? "allocated " + Text.size(wanted) : observed);
        if (Math.abs(allocated - wanted) > AllocationJudge.SLOP) {
            String rule = allocated < wanted ? "ALLOC-1" : expected.unmaps().count() > 0
                    ? "ALLOC-2" : "ZERO-1";
            stage.violation(rule, target.getName(),
                    "allocated " + Text.size(allocated) + " (" + observed + ")",
                    Text.size(wanted));
        }
    }

    void progress(Job.Progress ready) {
        Job.Progress wanted = new Job.Progress(expected.len(), expected.len());
        stage.fact("mirror", ready == null ? "never ready" : "ready at " + Text.size(ready.len()));
        if (!wanted.equals(ready)) {
            stage.violation("PROGRESS-1", "mirror",
                    ready == null ? "never ready" : ready.toString(), wanted.toString());
        }
    }

    void requests(Arrived arrived) {
        stage.fact(target.getName(), arrived.totals());
        bytes(arrived, Kind.WRITE, expected.writes().bytes(), "COST-1");
        bytes(arrived, Kind.WRITE_ZEROES, expected.zeroes().bytes(), needlessZeroes("ALLOC-2"));
        bytes(arrived, Kind.WRITE_ZEROES_UNMAP, expected.unmaps().bytes(),
                target.nodeOptions().get("discard") == null || target.nodeOptions().get("discard")
                .equals("ignore")
                        ? "ALLOC-1" : unmapRule(arrived));
        bytes(arrived, Kind.DISCARD, 0, "ALLOC-1");
        if (expected.durable() && arrived.count(Kind.FLUSH) == 0) {
            stage.violation("FLUSH-1", target.getName(), "never flushed", "flushed");
        }
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
        if (arrived.bytes(kind) != wanted) {
            stage.violation(rule, target.getName(),
                    kind.word() + " " + Text.size(arrived.bytes(kind)), Text.size(wanted));
        }
    }
}

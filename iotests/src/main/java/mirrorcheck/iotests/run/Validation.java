// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.adapter.Session;
import mirrorcheck.iotests.host.Clock;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.RawImages;
import mirrorcheck.iotests.judge.AllocationJudge;
import mirrorcheck.iotests.judge.ContentJudge;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Skipped;
import mirrorcheck.iotests.report.TestId;
import mirrorcheck.iotests.report.Tally;

/**
 * One copy of 1 MiB by an adapter, and what a beginner should know about how it went. The source
 * holds data in [256 KiB, 384 KiB) and at its end; the target is one hole.
 */
final class Validation {
    private static final long SIZE = 1 << 20;
    private static final long DATA = 256 << 10;
    private static final long DATA_BYTES = 128 << 10;
    private static final long TAIL_BYTES = 4 << 10;
    private static final int PATTERN = 0x5a;
    private static final String ID = "validate";

    private final Adapter adapter;
    private final String named;
    private final Path folder;
    private final Scratch scratch;
    private final Clock clock;
    private final long timeoutNanos;
    private final PrintStream out;
    private final ImageModel model = new ImageModel(SIZE).write(DATA, DATA_BYTES, PATTERN)
            .write(SIZE - TAIL_BYTES, TAIL_BYTES, PATTERN);

    /**
     * A copy about to be made.
     *
     * @param named how the command line named the adapter, for the next command
     */
    Validation(Adapter adapter, String named, Scratch scratch, Clock clock, long timeoutNanos,
            PrintStream out) {
        this.adapter = adapter;
        this.named = named;
        this.scratch = scratch;
        this.folder = scratch.prepare(new TestId(ID, adapter.name(), "raw"));
        this.clock = clock;
        this.timeoutNanos = timeoutNanos;
        this.out = out;
    }

    /**
     * Copies, judges and explains, on the stream.
     *
     * @return the exit code: passed, violated, or broken if the copy could not be started
     */
    int run() {
        out.println("adapter " + adapter.name() + ": " + adapter);
        Path source = folder.resolve("source.raw");
        Path target = folder.resolve("target.raw");
        String error;
        try {
            RawImages.create(source, model);
            RawImages.create(target, new ImageModel(SIZE));
            error = copy(source, target);
            out.println("copy of 1 MiB: " + (error == null ? "completed" : "failed: " + error));
            int code = error == null ? judge(source, target) : failed();
            if (code == Tally.PASSED) {
                scratch.clean(folder);
            } else {
                out.println("files: " + folder);
            }
            return code;
        } catch (Skipped e) {
            out.println("not started: " + e.getMessage());
            return Tally.BROKEN;
        } catch (IOException e) {
            throw new HarnessError("adapter " + adapter.name() + ": " + e.getMessage(), e);
        }
    }

    /** What went wrong, or null. */
    private String copy(Path source, Path target) throws IOException {
        try (Session session = adapter.open(folder, () -> { })) {
            session.openNode(Map.of("node-name", "source", "format", "raw",
                    "filename", source.toString()));
            session.openNode(Map.of("node-name", "target", "format", "raw",
                    "filename", target.toString()));
            MirrorHandle job = session.startMirror(Map.of("job-id", ID, "device", "source",
                    "target", "target", "sync", "full"));
            if (!awaited(job, "ready")) {
                return "still running after " + Durations.text(timeoutNanos) + ", killed; does it "
                        + "wait for an answer, or serve instead of copying and ending?";
            }
            if (job.query().get("status").equals("ready")) {
                job.verb("complete", Map.of());
                awaited(job, "null");
            }
            Object error = job.query().get("error");
            return error == null ? null : error.toString();
        }
    }

    /** Waits on another thread, so that a program that hangs cannot hold this one. */
    private boolean awaited(MirrorHandle job, String status) {
        CountDownLatch done = new CountDownLatch(1);
        Thread waiter = Thread.ofPlatform().daemon().name(ID).start(() -> {
            try {
                job.awaitStatus(Set.of(status));
            } catch (IOException e) {
                // The job tells how it ended, if it did; else the time that passed does.
                Thread.currentThread().interrupt();
            }
            done.countDown();
        });
        try {
            return clock.await(done, timeoutNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiter.interrupt();
        }
    }

    private int failed() {
        out.println("advice: run the command by hand; exit code 0 must mean that the target is "
                + "whole, any other that it is not");
        return Tally.VIOLATED;
    }

    private int judge(Path source, Path target) throws IOException {
        boolean kept = ContentJudge.firstDifference(source, model).isEmpty();
        rule("DATA-3 (MUST)", kept, kept ? "the source is unchanged"
                : "the source was changed: are source and target swapped in argv?");
        if (!Files.exists(target)) {
            rule("DATA-1 (MUST)", false, "the target's file is gone");
            return Tally.VIOLATED;
        }
        String wrong = wrong(target);
        rule("DATA-1 (MUST)", wrong.isEmpty(),
                wrong.isEmpty() ? "the target reads as the source" : wrong);
        if (!kept || !wrong.isEmpty()) {
            return Tally.VIOLATED;
        }
        sparseness(target);
        out.println("next: iotests/check --adapter " + named + " copy");
        return Tally.PASSED;
    }

    /** What is wrong with the target's content, or nothing. */
    private String wrong(Path target) throws IOException {
        OptionalLong differs = ContentJudge.firstDifference(target, model);
        if (differs.isEmpty()) {
            return "";
        }
        if (Files.size(target) < SIZE) {
            return "the target is " + Files.size(target) + " bytes long, not " + SIZE
                    + ": was it truncated, or not copied to its end?";
        }
        if (ContentJudge.firstDifference(target, new ImageModel(SIZE)).isEmpty()) {
            return "the target is unchanged: the program ended with 0 and wrote nothing to it; "
                    + "does it take its target where argv has it?";
        }
        return "the target differs at byte " + differs.getAsLong()
                + "; data is [262144, 393216) and [1044480, 1048576), the rest reads as zero";
    }

    private void sparseness(Path target) throws IOException {
        long allocated = AllocationJudge.allocatedBytes(target);
        boolean sparse = allocated <= model.allocatedBytes() + SIZE / 8;
        boolean claimed = adapter.capabilities().contains(Capability.SPARSE);
        String what = (allocated >> 10) + " KiB allocated, " + (model.allocatedBytes() >> 10)
                + " KiB of them needed";
        String advice = sparse == claimed ? "" : sparse
                ? "; add \"sparse\" to its capabilities, and tests will hold it to that"
                : "; it claims \"sparse\": tests will fail";
        rule("ZERO-1 (SHOULD)", sparse, what + (sparse || claimed ? advice
                : "; right but wasteful: is there an option that keeps holes?"));
    }

    private void rule(String rule, boolean kept, String what) {
        out.println(rule + ": " + (kept ? "kept: " : "not kept: ") + what);
    }
}

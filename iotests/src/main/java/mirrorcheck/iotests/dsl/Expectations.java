// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import groovy.lang.Closure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import mirrorcheck.iotests.host.ToolRun;
import mirrorcheck.iotests.image.ImageModel;
import mirrorcheck.iotests.image.Qcow2Reader;
import mirrorcheck.iotests.image.Qcow2Reader.State;
import mirrorcheck.iotests.image.RangeMap;
import mirrorcheck.iotests.image.RawImages;
import mirrorcheck.iotests.judge.AllocationJudge;
import mirrorcheck.iotests.judge.ContentJudge;
import mirrorcheck.iotests.judge.CopyCase;
import mirrorcheck.iotests.judge.CopyOutcome;
import mirrorcheck.iotests.judge.CopyRules;
import mirrorcheck.iotests.judge.HarnessError;

/**
 * The words that judge. Each tells what was observed as a fact, and records a broken rule if that
 * is not what must be; the script goes on.
 */
public final class Expectations {
    private static final List<String> CLASSES = List.of("sparse", "full", "partial", "kept");

    private final Stage stage;
    private final Map<Image, Job> lastJob = new HashMap<>();
    private final Measured measured = new Measured();

    Expectations(Stage stage) {
        this.stage = stage;
    }

    void started(Job job) {
        lastJob.put(job.target(), job);
    }

    /**
     * The target reads as the source did when the mirror ended; {@code rule:} is DATA-1 unless
     * told.
     */
    public void identical(Map<String, ?> given, Image source, Image target) {
        String rule = stage.rule("expectIdentical",
                new Options("expectIdentical", given, Set.of("rule")), "DATA-1");
        content(rule, target, source.getModel(), "identical to " + source,
                "differs from " + source);
    }

    /**
     * A range of an image, or all of it, still holds what it held when it was made; {@code rule:}
     * is DATA-2 unless told.
     */
    public void unchanged(Map<String, ?> given, Image image) {
        String rule = stage.rule("expectUnchanged",
                new Options("expectUnchanged", given, Set.of("rule")), "DATA-2");
        content(rule, image, image.before(), "unchanged", "changed");
    }

    private void content(String rule, Image image, ImageModel expected, String as, String unlike) {
        OptionalLong differs = firstDifference(image, expected);
        String observed = differs.isEmpty() ? as : unlike + " at " + Text.size(differs.getAsLong());
        stage.fact(image.getName(), observed);
        if (differs.isPresent()) {
            stage.violation(rule, image.getName(), observed, as);
        }
    }

    private OptionalLong firstDifference(Image image, ImageModel expected) {
        return host(image, () -> {
            if (image.format().isRaw()) {
                return ContentJudge.firstDifference(image.getFile(), expected);
            }
            Path flat = stage.context().scratch().resolve(image.getName() + ".flat");
            flatten(image, flat);
            OptionalLong differs = ContentJudge.firstDifference(flat, expected);
            Files.delete(flat);
            return differs;
        });
    }

    /** Writes what an image and all below it read as into a raw file. */
    private static void flatten(Image image, Path flat) throws IOException {
        if (image.format().isRaw()) {
            RawImages.create(flat, image.layers().model());
            return;
        }
        if (image.format().backing() != null) {
            flatten(image.format().backing(), flat);
        }
        try (Qcow2Reader layer = new Qcow2Reader(image.getFile())) {
            layer.overlay(flat);
        }
    }

    /**
     * Which clusters an image has in its own layer, as its file says it: {@code data: '[8 MiB, 10
     * MiB)', zero: ..., 'zero-allocated': ...}; what is not named must not be there. {@code rule:}
     * is CHAIN-1 unless told.
     */
    public void clusters(Map<String, ?> given, Image image) {
        Set<String> known = new HashSet<>(Set.of("rule"));
        for (State state : State.values()) {
            known.add(state.word());
        }
        Options options = new Options("expectClusters", given, known);
        String rule = stage.rule("expectClusters", options, "CHAIN-1");
        RangeMap<State> states = host(image, () -> {
            try (Qcow2Reader layer = new Qcow2Reader(image.getFile())) {
                return layer.states();
            }
        });
        for (State state : EnumSet.complementOf(EnumSet.of(State.ABSENT))) {
            String seen = Text.where(states, state);
            String wanted = options.text(state.word(), "");
            if (!seen.isEmpty()) {
                stage.fact(image.getName(), state.word() + " " + seen);
            }
            if (!seen.equals(wanted)) {
                stage.violation(rule, image.getName(),
                        state.word() + " " + (seen.isEmpty() ? "nowhere" : seen),
                        wanted.isEmpty() ? "nowhere" : wanted);
            }
        }
        if (states.runs().equals(new RangeMap<>(states.size(), State.ABSENT).runs())) {
            stage.fact(image.getName(), "no clusters");
        }
    }

    /**
     * What qemu-img says of an image that is closed: its tables are whole, without an error or a
     * leak, and it reads as it must. {@code rule:} is FORMAT-1 for the first unless told.
     */
    public void imageCheck(Map<String, ?> given, Image image) {
        String rule = stage.rule("expectImageCheck",
                new Options("expectImageCheck", given, Set.of("rule")), "FORMAT-1");
        if (!image.isClosed()) {
            throw new HarnessError("expectImageCheck: " + image.getName() + ": close it first");
        }
        ForeignImages tool = ForeignImages.of(stage, "expectImageCheck");
        foreign(rule, image, "whole", host(image, () -> tool.check(image)));
        foreign("DATA-1", image, "as it must be", host(image, () -> tool.compare(image)));
    }

    private void foreign(String rule, Image image, String expected, ToolRun run) {
        String observed = run.isGood() ? expected : run.toString();
        stage.fact(image.getName(), "qemu-img finds it " + observed);
        if (!run.isGood()) {
            stage.violation(rule, image.getName(), "qemu-img: " + observed, expected);
        }
    }

    /**
     * How much the host has allocated: {@code sparse} under a fifth, {@code full} over nineteen
     * twentieths, {@code partial} between, {@code kept} no less than when it was made; or a number
     * of bytes, within the host's slop. {@code rule:} is ZERO-1 for sparse and ALLOC-1 otherwise,
     * unless told.
     */
    public void allocation(Map<String, ?> given, Image image, Object expected) {
        Options options = new Options("expectAllocation", given, Set.of("rule"));
        String rule = stage.rule("expectAllocation", options,
                "sparse".equals(expected) ? "ZERO-1" : "ALLOC-1");
        long allocated = allocated(image);
        String observed = AllocationJudge.classOf(allocated, image.getSize());
        if (expected instanceof Number bytes) {
            exactAllocation(rule, image, allocated, bytes.longValue());
            return;
        }
        if (!CLASSES.contains(expected.toString())) {
            throw new HarnessError("expectAllocation: '" + expected + "': must be "
                    + String.join(", ", CLASSES)
                    + " or a number of bytes");
        }
        boolean kept = allocated >= image.before().allocatedBytes() - AllocationJudge.SLOP;
        boolean good = expected.equals("kept") ? kept : observed.equals(expected.toString());
        stage.fact(image.getName(), expected.equals("kept") && kept ? "allocation kept" : observed);
        if (!good) {
            stage.violation(rule, image.getName(),
                    "allocated " + Text.size(allocated) + " (" + observed + ")",
                    expected.toString());
        }
    }

    /**
     * The host has allocated no more than {@code atMost:} bytes, and its slop; {@code rule:} is
     * ZERO-1 unless told.
     */
    public void allocation(Map<String, ?> given, Image image) {
        Options options = new Options("expectAllocation", given, Set.of("rule", "atMost"));
        String rule = stage.rule("expectAllocation", options, "ZERO-1");
        if (!options.has("atMost")) {
            throw new HarnessError("expectAllocation: " + image + ": say what: sparse, full, "
                    + "partial, kept, a number of bytes, or atMost: a number of bytes");
        }
        long most = options.number("atMost", 0);
        long allocated = allocated(image);
        boolean good = allocated <= most + AllocationJudge.SLOP;
        stage.fact(image.getName(), "allocated " + (good ? "at most " + Text.size(most)
                : Text.size(allocated)));
        if (!good) {
            stage.violation(rule, image.getName(), "allocated " + Text.size(allocated),
                    "at most " + Text.size(most));
        }
    }

    private void exactAllocation(String rule, Image image, long allocated, long expected) {
        boolean good = Math.abs(allocated - expected) <= AllocationJudge.SLOP;
        stage.fact(image.getName(),
                "allocated " + (good ? Text.size(expected) : Text.size(allocated)));
        if (!good) {
            stage.violation(rule, image.getName(), "allocated " + Text.size(allocated),
                    Text.size(expected));
        }
    }

    /** {@code len:} and {@code offset:} of a job now; {@code rule:} is PROGRESS-1 unless told. */
    public void progress(Map<String, ?> given, Job job) {
        Options options = new Options("expectProgress", given, Set.of("len", "offset", "rule"));
        String rule = stage.rule("expectProgress", options, "PROGRESS-1");
        Job.Progress seen = job.getProgress();
        Job.Progress expected = new Job.Progress(options.number("len", seen.len()),
                options.number("offset", seen.offset()));
        stage.fact("mirror", seen.toString());
        if (!seen.equals(expected)) {
            stage.violation(rule, "mirror", seen.toString(), expected.toString());
        }
    }

    /** A job has done all there was to do, however much; {@code rule:} is PROGRESS-1 unless told. */
    public void done(Map<String, ?> given, Job job) {
        String rule = stage.rule("expectDone",
                new Options("expectDone", given, Set.of("rule")), "PROGRESS-1");
        Job.Progress seen = job.getProgress();
        boolean good = seen.len() == seen.offset();
        stage.fact("mirror", good ? "all done" : seen.toString());
        if (!good) {
            stage.violation(rule, "mirror", seen.toString(), "len and offset equal");
        }
    }

    /**
     * A guest's request is not acknowledged while another one is held; {@code rule:} is GUEST-1
     * unless told.
     */
    public void waiting(Map<String, ?> given, Later later) {
        String rule = stage.rule("expectWaiting",
                new Options("expectWaiting", given, Set.of("rule")), "GUEST-1");
        stage.fact("guest", later.isDone() ? "acknowledged" : "waits");
        if (later.isDone()) {
            stage.violation(rule, "guest", "acknowledged", "waits");
        }
    }

    /** The status of a job now; {@code rule:} is JOB-3 unless told. */
    public void status(Map<String, ?> given, Job job, String expected) {
        String rule = stage.rule("expectStatus",
                new Options("expectStatus", given, Set.of("rule")), "JOB-3");
        String seen = job.getStatus();
        stage.fact("mirror", "status " + seen);
        if (!seen.equals(expected)) {
            stage.violation(rule, "mirror", "status " + seen, expected);
        }
    }

    /**
     * What a query says of a job now: {@code 'actively-synced': true}; {@code rule:} is SYNCED-1
     * unless told.
     */
    public void query(Map<String, ?> given, Job job) {
        Options options = new Options("expectQuery", given, Set.of("actively-synced", "ready",
                "paused", "io-status", "speed", "rule"));
        String rule = stage.rule("expectQuery", options, "SYNCED-1");
        Map<String, Object> now = job.query();
        given.forEach((name, value) -> {
            if (!name.equals("rule")) {
                String seen = name + " " + now.get(name);
                stage.fact("mirror", seen);
                if (!seen.equals(name + " " + value)) {
                    stage.violation(rule, "mirror", seen, name + " " + value);
                }
            }
        });
    }

    /**
     * An event of a job came: at least {@code min:} times, 1 unless told, and at most {@code max:}
     * times, {@code min} unless told; {@code rule:} is ERROR-1 unless told.
     */
    public void events(Map<String, ?> given, Job job, String event) {
        Options options = new Options("expectEvents", given, Set.of("min", "max", "rule"));
        String rule = stage.rule("expectEvents", options, "ERROR-1");
        long min = options.number("min", 1);
        long max = options.number("max", Math.max(1, min));
        long seen = job.getEvents().stream().filter(event::equals).count();
        boolean good = seen >= min && seen <= max;
        String wanted = min == max ? min + "" : min + " to " + max;
        stage.fact("mirror", event + ": " + (good ? wanted : seen + "") + " times");
        if (!good) {
            stage.violation(rule, "mirror", event + " " + seen + " times", wanted);
        }
    }

    /**
     * The events of a job tell a legal life: its states follow each other as the life cycle says, it
     * is ready once at most, and it never did more than there was to do; {@code rule:} is JOB-3
     * unless told.
     */
    public void lifeCycle(Map<String, ?> given, Job job) {
        String rule = stage.rule("expectLifeCycle",
                new Options("expectLifeCycle", given, Set.of("rule")), "JOB-3");
        String mistake = LifeCycle.mistake(job.getEvents());
        stage.fact("mirror", mistake == null ? "life cycle legal" : mistake);
        if (mistake != null) {
            stage.violation(rule, "mirror", mistake, "a legal life cycle");
        }
    }

    /**
     * What stands between the braces is refused, with this text, or with any if it is null, which
     * is then not told; {@code rule:} is JOB-2 unless told.
     */
    public void refused(Map<String, ?> given, String text, Closure<?> words) {
        String rule = stage.rule("expectRefused",
                new Options("expectRefused", given, Set.of("rule")), "JOB-2");
        String seen = "accepted";
        try {
            words.call();
        } catch (HarnessError e) {
            if (!(e.getCause() instanceof IOException refusal)) {
                throw e;
            }
            seen = text == null ? "refused" : "refused: " + refusal.getMessage();
        }
        String wanted = text == null ? "refused" : "refused: " + text;
        stage.fact("mirror", seen);
        if (!seen.equals(wanted)) {
            stage.violation(rule, "mirror", seen, wanted);
        }
    }

    /**
     * Everything the rules of copying promise of a mirror no guest disturbed: content, counters at
     * READY, requests and allocation, against {@link CopyRules} and, where there is one and the
     * rules hold, against the measured row.
     */
    public void outcome(Image source, Image target) {
        Job job = lastJob.get(target);
        if (job == null) {
            throw new HarnessError("expectOutcome: " + target + ": no mirror to it yet");
        }
        ImageModel before = target.before();
        CopyOutcome expected = CopyRules.judge(
                CopyCase.of(source.layers(), before, target.nodeOptions(), job.options()));
        target.becomes(expected.after());
        Arrived arrived = new Arrived(stage.session().requests(target.getName()).all());
        OutcomeJudge judge = new OutcomeJudge(stage, source, target, expected);
        judge.content(firstDifference(target, expected.after()), before,
                Boolean.TRUE.equals(job.options().get("target-is-zero")));
        judge.size(host(target, () -> Files.size(target.getFile())), arrived);
        long allocated = allocated(target);
        judge.allocation(allocated);
        judge.progress(job.getProgressAtReady());
        judge.requests(arrived);
        if (judge.agrees()) {
            measured.compare(stage, source, target, job, arrived, allocated);
        }
    }

    /** Tells how many measured rows the outcomes of this script were compared with. */
    public void measuredRows() {
        stage.context().fact("measured: " + measured.compared() + " rows agree");
    }

    private long allocated(Image image) {
        return host(image, () -> AllocationJudge.allocatedBytes(image.getFile()));
    }

    private <T> T host(Image image, Stage.Attempt<T> attempt) {
        try {
            return attempt.run();
        } catch (IOException e) {
            throw new HarnessError(image + ": " + e.getMessage(), e);
        }
    }
}

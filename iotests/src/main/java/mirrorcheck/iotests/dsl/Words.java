// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import groovy.lang.Closure;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.MirrorHandle;
import mirrorcheck.iotests.ends.Request;
import mirrorcheck.iotests.host.SmallDisk;
import mirrorcheck.iotests.image.RawImages;
import mirrorcheck.iotests.judge.AllocationJudge;
import mirrorcheck.iotests.judge.HarnessError;
import mirrorcheck.iotests.judge.Skipped;
import mirrorcheck.iotests.run.TestContext;

/**
 * The words of scripts that make images, mirror them and act as guest; {@code common.groovy} gives
 * them their syntax.
 */
public final class Words {
    private static final Set<String> MIRROR_OPTIONS =
            Set.of("job-id", "sync", "copy-mode", "target-is-zero",
            "granularity", "buf-size", "speed", "on-source-error", "on-target-error",
            "auto-finalize", "auto-dismiss",
            "filter-node-name", "replaces");

    private final Stage stage;
    private final ImageMaker images;
    private final Expectations expectations;
    private final RequestExpectations requestExpectations;
    private final List<Guest> guests = new ArrayList<>();

    /** The words of the script that {@code context} runs. */
    public Words(TestContext context) {
        stage = new Stage(context);
        images = new ImageMaker(stage);
        expectations = new Expectations(stage);
        requestExpectations = new RequestExpectations(stage);
    }

    /** The words that judge. */
    public Expectations expectations() {
        return expectations;
    }

    /** The words that judge requests. */
    public RequestExpectations requestExpectations() {
        return requestExpectations;
    }

    /** Says what the script tests and needs. */
    public void about(Map<String, String> about) {
        stage.about(about);
    }

    /** Begins a part of the transcript that is a case of its own. */
    public void section(String title) {
        stage.context().section(title);
    }

    /**
     * Makes a source, opens a node over it, and tells what it holds, unless the axes of a case do.
     */
    public Image sourceImage(Map<String, ?> given, Number size, Closure<?> layout) {
        Image image = images.make("sourceImage", given, size, "source",
                stage.context().sourceFormat(), false, layout);
        if (!stage.capturing()) {
            stage.fact(image.getName(), Text.layout(image.laidOut()));
        }
        return image;
    }

    /** Makes an image for others to lie upon, opens a node over it, and tells what it holds. */
    public Image baseImage(Map<String, ?> given, Number size, Closure<?> layout) {
        Map<String, Object> all = new LinkedHashMap<>(given);
        all.putIfAbsent("read-only", true);
        Image image = images.make("baseImage", all, size, "base", "raw", false, layout);
        if (!stage.capturing()) {
            stage.fact(image.getName(), Text.layout(image.laidOut()));
        }
        return image;
    }

    /** Makes a target and opens a node over it, silently. */
    public Image targetImage(Map<String, ?> given, Number size, Closure<?> layout) {
        return images.make("targetImage", given, size, "target",
                stage.context().targetFormat(), true, layout);
    }

    /** Sends the guests of an image away and closes its node; its file stays, to be looked at. */
    public void close(Image image) {
        if (image.isClosed()) {
            throw new HarnessError("close: " + image.getName() + ": closed already");
        }
        stage.trying("close " + image.getName(), () -> {
            for (Guest guest : guests.stream().filter(each -> each.uses(image)).toList()) {
                guests.remove(guest);
                guest.leave();
            }
            stage.session().closeNode(image.getName());
            return null;
        });
        image.closed();
    }

    /** Closes an image, unless that is done, and deletes its file. */
    public void drop(Image image) {
        stage.images().remove(image.getName());
        if (!image.isClosed()) {
            close(image);
        }
        stage.trying("drop " + image.getName(), () -> Files.deleteIfExists(image.getFile()));
    }

    /**
     * Mirrors to the end: starts, waits until ready, completes, waits; one fact tells how it ended.
     */
    public Job mirror(Map<String, ?> given, Image source, Image target) {
        Options options = new Options("mirror", given, union(MIRROR_OPTIONS, Set.of("expect")));
        String expected = options.choice("expect", List.of("completed", "failed"), "completed");
        Job job = start(options, source, target);
        job.reachReady();
        job.finish();
        stage.fact(job.toString(), job.outcome());
        if (!job.outcome().startsWith(expected)) {
            stage.violation("LIVE-1", job.toString(), job.outcome(), expected);
        }
        return job;
    }

    /** Starts a mirror and returns its job. */
    public Job startMirror(Map<String, ?> given, Image source, Image target) {
        return start(new Options("startMirror", given, MIRROR_OPTIONS), source, target);
    }

    /**
     * Mirrors to the end, and meanwhile does what stands between the braces: with {@code phase:
     * 'ready'} once the mirror is ready, with {@code phase: 'copying'} before, when the copy of the
     * source's last data, or of the data at {@code held:}, is held back at the target.
     */
    public Job duringMirror(Map<String, ?> given, Image source, Image target, Closure<?> body) {
        Options options =
                new Options("duringMirror", given, union(MIRROR_OPTIONS, Set.of("phase", "held")));
        boolean copying = options.choice("phase", List.of("copying", "ready"), "ready")
                .equals("copying");
        Image.Requests last = copying
                ? target.writes(options.number("held", lastData(source)), 1) : null;
        Held held = copying ? hold(Map.of(), last) : null;
        Job job = start(options, source, target);
        if (copying) {
            held.awaitCaught();
            job.holdsBack(writesTouching(last));
        } else {
            job.mustReachReady();
        }
        body.call(job);
        if (copying) {
            held.release();
            job.holdsBack(0);
            job.mustReachReady();
        }
        return job.complete();
    }

    private static long lastData(Image source) {
        return source.before().cells().reversed().stream().filter(run -> !run.value().readsZero())
                .findFirst()
                .map(run -> run.end() - 1).orElse(0L);
    }

    private long writesTouching(Image.Requests range) {
        return requestsOf(range.image()).stream()
                .filter(r -> r.kind() == range.kind() && r.offset() <= range.offset()
                        && r.offset() + r.bytes() > range.offset())
                .mapToLong(Request::bytes).sum();
    }

    private Job start(Options given, Image source, Image target) {
        Map<String, Object> options = given.only(MIRROR_OPTIONS);
        options.putIfAbsent("sync", "full");
        String title = "mirror " + source + " -> " + target + " " + Text.options(shown(options));
        Map<String, Object> all = new LinkedHashMap<>(options);
        all.putIfAbsent("job-id", stage.nextJobId());
        all.put("device", source.getName());
        all.put("target", target.getName());
        MirrorHandle handle = stage.trying(title, () -> stage.session().startMirror(all));
        Job job = new Job(stage, handle, source, target, title, options);
        expectations.started(job);
        return job;
    }

    /** Sync first, the rest sorted; a job's id is of no interest. */
    private static Map<String, Object> shown(Map<String, Object> options) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("sync", options.get("sync"));
        shown.putAll(new TreeMap<>(options));
        shown.remove("job-id");
        return shown;
    }

    /**
     * Skips the case it begins, unless the implementation has all of these capabilities.
     *
     * @throws Skipped      with every reason
     * @throws HarnessError if there is no such capability
     */
    public void needs(String capabilities) {
        List<String> missing = new ArrayList<>();
        for (String word : capabilities.trim().split("\\s+")) {
            Capability capability = Capability.of(word).orElseThrow(() ->
                    new HarnessError("needs '" + word + "': no such capability"));
            if (!stage.context().adapter().capabilities().contains(capability)) {
                missing.add("needs " + word + ": adapter " + stage.context().adapter().name()
                        + " cannot");
            }
        }
        if (!missing.isEmpty()) {
            throw new Skipped(missing);
        }
    }

    /** The guest that uses an image as its disk. */
    public Guest guestOf(Image image) {
        return stage.trying("guest of " + image, () -> {
            RawImages.force(image.getFile());
            Guest guest = new Guest(stage, stage.session().guest(image.getName()), image);
            guests.add(guest);
            return guest;
        });
    }

    /**
     * Holds requests of this kind that touch the range, until released: once {@code after:} of them
     * have passed, 0 unless told, {@code times:} of them, all unless told.
     */
    public Held hold(Map<String, ?> given, Image.Requests requests) {
        Options options = new Options("hold", given, Set.of("after", "times"));
        return new Held(requests.image().getName(), stage.session()
                .gate(requests.image().getName())
                .hold(requests.kind(), requests.offset(), requests.bytes(),
                Math.toIntExact(options.number("after", 0)),
                Math.toIntExact(options.number("times", Integer.MAX_VALUE))));
    }

    /**
     * Fails requests of this kind that touch the range: {@code errno:} EIO, {@code after:} 0, {@code
     * times:} 1 unless told.
     */
    public Held fail(Map<String, ?> given, Image.Requests requests) {
        Options options = new Options("fail", given, Set.of("errno", "after", "times"));
        Errno errno;
        try {
            errno = Errno.named(options.text("errno", "EIO"));
        } catch (IllegalArgumentException e) {
            throw new HarnessError("fail: " + e.getMessage(), e);
        }
        return new Held(requests.image().getName(), stage.session().gate(requests.image().getName())
                .fail(requests.kind(), requests.offset(), requests.bytes(), errno,
                        Math.toIntExact(options.number("after", 0)),
                        Math.toIntExact(options.number("times", 1))));
    }

    /**
     * Mounts a file system with little room, for {@code targetImage ..., disk:}; it is gone when
     * the script ends.
     *
     * @throws Skipped if the host does not let us
     */
    public SmallDisk smallDisk(Number bytes) {
        try {
            SmallDisk disk = SmallDisk.mount(bytes.longValue());
            stage.context().onEnd(disk);
            return disk;
        } catch (IOException e) {
            throw new Skipped(List.of("needs a file system of its own: " + e.getMessage()));
        }
    }

    /** Kills the server of an image that was made with {@code 'own-server': true}. */
    public void killServer(Image image) {
        stage.trying("kill the server of " + image, () -> {
            stage.session().killServer(image.getName());
            return null;
        });
    }

    /** The requests that reached the file of an image. */
    public List<Request> requestsOf(Image image) {
        return stage.session().requests(image.getName()).all();
    }

    /** Forgets the requests so far, so that the next expectation is about what follows. */
    public void forgetRequests(Image image) {
        stage.session().requests(image.getName()).clear();
    }

    /** Bytes the host has allocated for an image. */
    public long diskUsage(Image image) {
        return stage.trying(image.getName(), () -> AllocationJudge.allocatedBytes(image.getFile()));
    }

    /**
     * Runs {@code body} for every combination, each a case of its own, and tells the outcomes
     * grouped.
     */
    public int cases(Map<String, ?> axes, Closure<?> body) {
        return new Cases(stage, axes, body).run();
    }

    /** Runs {@code body} beside the script. */
    public Later later(Closure<?> body) {
        return new Later("script", body::call);
    }

    private static Set<String> union(Set<String> left, Set<String> right) {
        Set<String> union = new java.util.HashSet<>(left);
        union.addAll(right);
        return union;
    }
}

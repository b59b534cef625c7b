// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import mirrorcheck.iotests.adapter.Capability;

/**
 * The images and the mirror of a history.
 *
 * @param bytes   size of both images
 * @param layout  what the source holds at first; nothing else
 * @param copied  whether the target holds the same at first; else it is as {@code target} says
 * @param source  options of the source's node beside those every history has
 * @param target  options of {@code targetImage}
 * @param mirror  options of {@code startMirror}; sync is among them
 */
record Configuration(long bytes, List<Piece> layout, boolean copied, Map<String, Object> source,
        Map<String, Object> target, Map<String, Object> mirror) {
    static final long USUAL_GRANULARITY = 64 << 10;
    /** Options that not every implementation has, and what it takes to have them. */
    private static final Map<String, Capability> NEEDS = Map.of(
            "discard", Capability.ZERO_OPTIONS, "detect-zeroes", Capability.ZERO_OPTIONS,
            "target-is-zero", Capability.TARGET_IS_ZERO);

    Configuration {
        layout = List.copyOf(layout);
        source = Collections.unmodifiableMap(new LinkedHashMap<>(source));
        target = Collections.unmodifiableMap(new LinkedHashMap<>(target));
        mirror = Collections.unmodifiableMap(new LinkedHashMap<>(mirror));
    }

    /**
     * A piece of a layout.
     *
     * @param word {@code write}, {@code zeroes} or {@code unwritten}
     */
    record Piece(String word, Range range) {
    }

    long granularity() {
        return (long) mirror.getOrDefault("granularity", USUAL_GRANULARITY);
    }

    boolean writeBlocking() {
        return "write-blocking".equals(mirror.get("copy-mode"));
    }

    boolean copiesNothing() {
        return "none".equals(mirror.get("sync"));
    }

    boolean unmaps() {
        return "unmap".equals(target.get("discard"));
    }

    /** Whether the target is one hole at first. */
    boolean targetIsHole() {
        return !copied && !target.containsKey("creation");
    }

    /** Whether an error of either end fails the job; else it is ignored, and tried again. */
    boolean reportsErrors() {
        return !"ignore".equals(mirror.get("on-target-error"));
    }

    /** The same without what an implementation that can only so much does not have. */
    Configuration within(Set<Capability> can) {
        Map<String, Object> less = new LinkedHashMap<>(mirror);
        if (!can.contains(Capability.WRITE_BLOCKING)) {
            less.remove("copy-mode");
        }
        if (!can.contains(Capability.SYNC)) {
            less.put("sync", "full");
        }
        Map<String, Object> image = only(target, can);
        if (!can.contains(Capability.CREATE)) {
            image.remove("creation");
        }
        return new Configuration(bytes, layout, copied, only(source, can), image,
                only(less, can));
    }

    private static Map<String, Object> only(Map<String, Object> options, Set<Capability> can) {
        Map<String, Object> some = new LinkedHashMap<>(options);
        some.keySet().removeIf(name -> NEEDS.containsKey(name) && !can.contains(NEEDS.get(name)));
        return some;
    }

    /** The capabilities that it needs beside those every history needs. */
    Set<Capability> needs() {
        Set<Capability> needs = new TreeSet<>();
        for (Map<String, Object> options : List.of(source, target, mirror)) {
            options.keySet().stream().filter(NEEDS::containsKey).map(NEEDS::get)
                    .forEach(needs::add);
        }
        if (writeBlocking()) {
            needs.add(Capability.WRITE_BLOCKING);
        }
        if (!"full".equals(mirror.get("sync"))) {
            needs.add(Capability.SYNC);
        }
        Object creation = target.getOrDefault("creation", "external");
        if (Set.of("off", "falloc", "full").contains(creation)) {
            needs.add(Capability.CREATE);
        }
        return needs;
    }

    Configuration withLayout(List<Piece> other) {
        return new Configuration(bytes, other, copied, source, target, mirror);
    }

    Configuration withBytes(long other) {
        List<Piece> inside = layout.stream()
                .map(piece -> new Piece(piece.word(), piece.range().within(other)))
                .filter(piece -> piece.range().bytes() > 0).toList();
        return new Configuration(other, inside, copied, source, target, mirror);
    }

    /** The same without one option of the source, the target or the mirror. */
    Configuration without(String option) {
        return new Configuration(bytes, layout, copied, less(source, option), less(target, option),
                less(mirror, option));
    }

    /** The same with a target that is a hole, or what it is made to be, and a copy of everything. */
    Configuration plain() {
        Map<String, Object> full = new LinkedHashMap<>(mirror);
        full.put("sync", "full");
        return new Configuration(bytes, layout, false, source, target, full);
    }

    private static Map<String, Object> less(Map<String, Object> options, String option) {
        Map<String, Object> less = new LinkedHashMap<>(options);
        less.remove(option);
        return less;
    }
}

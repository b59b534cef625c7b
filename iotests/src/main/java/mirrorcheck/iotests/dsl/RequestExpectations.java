// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import mirrorcheck.iotests.ends.Request.Kind;

/** The words that judge the requests that reached the file of an image. */
public final class RequestExpectations {
    private static final Set<String> OPTIONS = Arrays.stream(Kind.values()).map(Kind::word)
            .collect(Collectors.collectingAndThen(Collectors.toSet(), words -> {
                words.add("rule");
                return Set.copyOf(words);
            }));

    private final Stage stage;

    RequestExpectations(Stage stage) {
        this.stage = stage;
    }

    private static Options options(String word, Map<String, ?> given) {
        return new Options(word, given, OPTIONS);
    }

    private Arrived arrived(Image image) {
        return new Arrived(stage.session().requests(image.getName()).all());
    }

    /**
     * How many bytes of requests of each kind reached the image's file: {@code write: 2.MiB,
     * 'write-zeroes': 0}; a flush counts 1. A kind that changes the image and is not named must not
     * have come at all. {@code rule:} is COST-1 unless told; zero writes that may unmap in place of
     * others break ALLOC-1, and too many of them ZERO-4 where the script tests that.
     */
    public void requests(Map<String, ?> given, Image image) {
        Options options = options("expectRequests", given);
        String rule = stage.rule("expectRequests", options, "COST-1");
        Arrived arrived = arrived(image);
        Set<Kind> told = EnumSet.copyOf(Arrived.CHANGING);
        for (Kind kind : Kind.values()) {
            if (options.has(kind.word())) {
                told.add(kind);
            }
        }
        List<String> facts = arrived.facts(told);
        facts.forEach(fact -> stage.fact(image.getName(), fact));
        if (facts.isEmpty()) {
            stage.fact(image.getName(), "no requests");
        }
        long unmapped = arrived.unmappedInstead(options.number(Kind.WRITE_ZEROES.word(), 0L),
                options.number(Kind.WRITE_ZEROES_UNMAP.word(), 0L));
        if (unmapped > 0) {
            stage.violation("ALLOC-1", image.getName(), Kind.WRITE_ZEROES_UNMAP.word() + " "
                    + Text.size(unmapped), Kind.WRITE_ZEROES.word() + " " + Text.size(unmapped));
        }
        for (Kind kind : told) {
            long seen = kind == Kind.FLUSH ? arrived.count(kind)
                    : arrived.bytes(kind, unmapped);
            long expected = options.number(kind.word(), 0L);
            if (seen != expected) {
                boolean needless = seen > expected && kind.isZero() && stage.tests("ZERO-4");
                stage.violation(needless ? "ZERO-4" : rule, image.getName(),
                        kind.word() + " " + Text.size(seen), Text.size(expected));
            }
        }
    }

    /**
     * So many requests of each kind at most: {@code write: 1}; {@code rule:} is COST-1 unless told.
     */
    public void atMost(Map<String, ?> given, Image image) {
        Options options = options("expectAtMost", given);
        String rule = stage.rule("expectAtMost", options, "COST-1");
        Arrived arrived = arrived(image);
        for (Kind kind : Kind.values()) {
            if (options.has(kind.word())) {
                long most = options.number(kind.word(), 0);
                long seen = arrived.count(kind);
                stage.fact(image.getName(), (seen <= most ? "at most " + most : seen + "") + " "
                        + kind.word());
                if (seen > most) {
                    stage.violation(rule, image.getName(), seen + " " + kind.word(),
                            "at most " + most);
                }
            }
        }
    }

    /**
     * The image was flushed after the last request that changed it; {@code rule:} is FLUSH-1 unless
     * told.
     */
    public void flushed(Map<String, ?> given, Image image) {
        String rule = stage.rule("expectFlushed",
                new Options("expectFlushed", given, Set.of("rule")), "FLUSH-1");
        boolean flushed = arrived(image).endsFlushed();
        stage.fact(image.getName(), flushed ? "flushed" : "not flushed");
        if (!flushed) {
            stage.violation(rule, image.getName(), "not flushed after its last change", "flushed");
        }
    }
}

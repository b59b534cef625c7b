// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import mirrorcheck.iotests.history.Configuration.Piece;
import mirrorcheck.iotests.history.Step.Ending;

/** The histories that are a little simpler than one, those first that take most away. */
final class Simpler {
    private static final long SMALLEST = 64 << 10;
    private static final int SECTOR = 512;
    private static final List<String> OPTIONS = List.of("granularity", "buf-size", "target-is-zero",
            "creation", "detect-zeroes", "discard", "copy-mode");

    private Simpler() {
    }

    static Stream<History> of(History history) {
        return Stream.of(configurations(history), sizes(history), layouts(history),
                steps(history)).flatMap(simpler -> simpler);
    }

    private static Stream<History> configurations(History history) {
        Configuration now = history.configuration();
        Stream<Configuration> without = OPTIONS.stream().map(now::without)
                .filter(less -> !less.equals(now));
        Stream<Configuration> plainer = Stream.of(now.plain(),
                now.without("on-source-error").without("on-target-error"))
                .filter(less -> !less.equals(now));
        return Stream.concat(without, plainer).map(history::with);
    }

    /** A smaller image, of whole chunks if possible; the steps outside of it are left out. */
    private static Stream<History> sizes(History history) {
        long now = history.configuration().bytes();
        long whole = now / SMALLEST * SMALLEST;
        return Stream.of(SMALLEST, 2 * SMALLEST, whole / 2 / SMALLEST * SMALLEST, whole)
                .filter(bytes -> bytes > 0 && bytes < now).distinct()
                .map(bytes -> history.with(history.configuration().withBytes(bytes))
                        .with(history.steps().stream()
                        .map(step -> inside(step, bytes)).toList()));
    }

    private static Step inside(Step step, long bytes) {
        return step instanceof Step.Ranged ranged && ranged.range().bytes() > 0
                ? ranged.over(ranged.range().within(bytes)) : step;
    }

    private static Stream<History> layouts(History history) {
        Configuration now = history.configuration();
        List<Configuration> simpler = new ArrayList<>();
        for (int i = 0; i < now.layout().size(); i++) {
            List<Piece> fewer = new ArrayList<>(now.layout());
            Piece piece = fewer.remove(i);
            simpler.add(now.withLayout(fewer));
            for (Range range : ranges(piece.range(), now.bytes())) {
                List<Piece> others = new ArrayList<>(now.layout());
                others.set(i, new Piece(piece.word(), range));
                simpler.add(now.withLayout(others));
            }
        }
        return simpler.stream().map(history::with);
    }

    private static Stream<History> steps(History history) {
        List<History> simpler = new ArrayList<>();
        for (int i = 0; i < history.steps().size(); i++) {
            for (Step step : simpler(history.steps().get(i), history.configuration().bytes())) {
                List<Step> steps = new ArrayList<>(history.steps());
                steps.set(i, step);
                simpler.add(history.with(steps));
            }
        }
        return simpler.stream();
    }

    private static List<Step> simpler(Step step, long size) {
        List<Step> simpler = new ArrayList<>();
        switch (step) {
            case Step.Guest request -> {
                if (request.later()) {
                    simpler.add(request.atOnce());
                }
                if (!request.plain().equals(request)) {
                    simpler.add(request.plain());
                }
            }
            case Step.Trap trap -> {
                if (trap.after() > 0 || trap.times() > 1) {
                    simpler.add(new Step.Trap(trap.id(), trap.source(), trap.kind(), trap.range(),
                            0, 1, trap.errno()));
                }
            }
            case Step.End end when end.ending() != Ending.COMPLETE ->
                    simpler.add(new Step.End(Ending.COMPLETE));
            default -> {
                // As simple as can be.
            }
        }
        if (step instanceof Step.Ranged ranged) {
            ranges(ranged.range(), size).forEach(range -> simpler.add(ranged.over(range)));
        }
        return simpler;
    }

    /** Rounder ranges, nearer to the beginning; each is simpler than the one it was made of. */
    private static List<Range> ranges(Range range, long size) {
        if (range.bytes() == 0) {
            return List.of();
        }
        long chunk = SMALLEST;
        List<Range> candidates = List.of(
                new Range(0, Math.min(size, chunk)),
                new Range(0, range.bytes()),
                range.outwards(chunk).within(size),
                new Range(range.offset() / chunk * chunk, Math.min(chunk, range.bytes())),
                new Range(range.offset() / chunk * chunk, range.bytes()).within(size),
                range.outwards(SECTOR).within(size),
                new Range(range.offset(), Math.min(SECTOR, range.bytes())),
                new Range(range.offset(), Math.ceilDiv(range.bytes(), 2L)));
        return candidates.stream().distinct()
                .filter(one -> one.bytes() > 0 && weight(one) < weight(range)).toList();
    }

    /** How hard a range is to read: unaligned ends count most, then offset and length in chunks. */
    private static long weight(Range range) {
        return hardness(range.offset()) + hardness(range.end()) + (range.offset() > 0 ? 1 : 0)
                + Math.ceilDiv(range.end(), SMALLEST) + Math.ceilDiv(range.bytes(), SMALLEST);
    }

    private static long hardness(long at) {
        return at % SMALLEST == 0 ? 0 : at % SECTOR == 0 ? 1000 : 100_000;
    }
}

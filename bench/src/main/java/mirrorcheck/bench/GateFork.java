// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mirrorcheck.engine.host.Clock;
import tools.jackson.databind.json.JsonMapper;

/**
 * One JVM of the gate: runs every mirror in turns with the calibration copy, and prints what it
 * measured as JSON. After each mirror, target and counts are checked against the source and the
 * rules.
 */
final class GateFork {
    /** Set to a part, such as 0.15: so much slower is every mirror made, to try the gate itself. */
    static final String PLANTED = "mirrorcheck.gate.planted";

    private static final int WARMUPS = 3;

    private final ScratchDirectory scratch;
    private final int turns;
    private final double planted;

    private GateFork(ScratchDirectory scratch, int turns, double planted) {
        this.scratch = scratch;
        this.turns = turns;
        this.planted = planted;
    }

    /**
     * Run by {@link Gate}.
     *
     * @param args how many turns count
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        GateFork fork = new GateFork(ScratchDirectory.named(), Integer.parseInt(args[0]),
                Double.parseDouble(System.getProperty(PLANTED, "0")));
        Map<String, Measured> all = new TreeMap<>();
        for (GateCase what : GateCase.values()) {
            all.put(what.word(), fork.measure(what));
        }
        System.out.println(JsonMapper.builder().build().writeValueAsString(all));
    }

    private Measured measure(GateCase what) throws IOException, InterruptedException {
        ImageFormat format = what.formats().source();
        Path path = scratch.image("gate-source", format);
        List<Double> ratios = new ArrayList<>();
        Map<String, Long> counts = null;
        try (Calibration calibration = new Calibration(scratch);
                SourceImage source = SourceImage.create(path, format, what.shape(), what.size())) {
            for (int turn = 0; turn < WARMUPS + turns; turn++) {
                double copy = calibration.nanos();
                Timed mirror = mirrors(what, source);
                checkSame(what, counts == null ? mirror.counts() : counts, mirror.counts());
                counts = mirror.counts();
                if (turn >= WARMUPS) {
                    ratios.add(mirror.nanos() / copy);
                }
            }
        }
        return new Measured(counts, List.of(Spread.of(ratios).median()));
    }

    private record Timed(double nanos, Map<String, Long> counts) {
    }

    /** The time of all together, and the counts of each, which must be the same. */
    private Timed mirrors(GateCase what, SourceImage source)
            throws IOException, InterruptedException {
        Timed all = mirror(what, source);
        for (int i = 1; i < what.times(); i++) {
            Timed next = mirror(what, source);
            checkSame(what, all.counts(), next.counts());
            all = new Timed(all.nanos() + next.nanos(), next.counts());
        }
        return all;
    }

    private static void checkSame(GateCase what, Map<String, Long> before,
            Map<String, Long> after) {
        if (!before.equals(after)) {
            throw new IllegalStateException(what.word() + ": counts differ from turn to turn: "
                    + before + ", then " + after);
        }
    }

    private Timed mirror(GateCase what, SourceImage source)
            throws IOException, InterruptedException {
        ImageFormat format = what.formats().target();
        Path target = scratch.image("gate-target", format);
        try (WholeMirror mirror = new WholeMirror(source, target, format,
                MirrorSettings.standard().withoutFlush())) {
            long start = Clock.SYSTEM.nanoTime();
            mirror.run();
            long nanos = Clock.SYSTEM.nanoTime() - start;
            long until = start + (long) (nanos * (1 + planted));
            while (Clock.SYSTEM.nanoTime() < until) {
                Thread.onSpinWait();
            }
            long end = Clock.SYSTEM.nanoTime();
            mirror.check();
            Map<String, Long> counts = new TreeMap<>(mirror.counts().byName());
            counts.put("sourceStatus", mirror.sourceStatus());
            return new Timed(planted == 0 ? nanos : end - start, counts);
        } finally {
            Files.deleteIfExists(target);
        }
    }
}

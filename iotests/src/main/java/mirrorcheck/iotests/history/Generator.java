// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.history;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import mirrorcheck.iotests.ends.Request;
import mirrorcheck.iotests.history.Step.Action;
import mirrorcheck.iotests.history.Step.Ending;

/** Makes histories. The same kind and seed always make the same one, on every implementation. */
final class Generator {
    private static final int MOST_STEPS = 18;
    private static final List<Request.Kind> TARGET_KINDS = List.of(Request.Kind.WRITE,
            Request.Kind.WRITE, Request.Kind.WRITE_ZEROES, Request.Kind.WRITE_ZEROES_UNMAP);

    private final Kind kind;
    private final SplittableRandom random;
    private final Configuration configuration;
    private final Places places;
    private final List<Step> steps = new ArrayList<>();
    private int patterns;
    private int traps;
    private boolean trapped;

    private Generator(Kind kind, SplittableRandom random) {
        this.kind = kind;
        this.random = random;
        this.configuration = new Configurations(kind, random).make();
        this.places = new Places(configuration, random);
    }

    /** The history of a kind that this seed makes. */
    static History make(Kind kind, long seed) {
        // Neighbouring seeds of all kinds shall have nothing in common.
        SplittableRandom random = new SplittableRandom(seed * 31 + kind.ordinal()).split();
        Generator generator = new Generator(kind, random);
        generator.fill();
        return new History(kind, seed, generator.configuration, generator.steps);
    }

    private void fill() {
        for (int i = random.nextInt(4); i > 0; i--) {
            guest();
        }
        if (kind == Kind.FAULTS && random.nextBoolean()) {
            trap();
        }
        steps.add(new Step.Start());
        int count = 2 + random.nextInt(MOST_STEPS - 2);
        int ready = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            if (i == ready) {
                steps.add(new Step.AwaitReady());
            }
            one();
        }
        steps.add(new Step.End(ending()));
        for (int i = random.nextInt(3); i > 0; i--) {
            guest();
        }
    }

    private Ending ending() {
        int odds = random.nextInt(16);
        return odds == 0 ? Ending.GIVE_UP : odds < 6 ? Ending.CANCEL : Ending.COMPLETE;
    }

    private void one() {
        int odds = random.nextInt(100);
        if (odds < 20) {
            steps.add(new Step.Settle());
        } else if (odds < 25) {
            steps.add(new Step.Compare());
        } else if (odds < 30 && kind != Kind.WRITES) {
            long chunk = configuration.granularity();
            steps.add(new Step.Redundant(places.any().outwards(chunk)
                    .within(configuration.bytes() / chunk * chunk)));
        } else if (odds < 60 && kind == Kind.VERBS) {
            verb();
        } else if (odds < 55 && kind == Kind.FAULTS) {
            meddle();
        } else {
            guest();
        }
    }

    private void verb() {
        switch (random.nextInt(7)) {
            case 0, 1 -> steps.add(new Step.Pause());
            case 2, 3 -> steps.add(new Step.Resume());
            case 4 -> steps.add(new Step.Change());
            case 5 -> steps.add(new Step.Speed((1L + random.nextInt(64)) << 18));
            default -> steps.add(new Step.Speed(0));
        }
    }

    private void meddle() {
        switch (random.nextInt(4)) {
            case 0, 1 -> trap();
            case 2 -> {
                if (traps > 0) {
                    steps.add(new Step.Release(1 + random.nextInt(traps)));
                }
                trapped = false;
            }
            default -> steps.add(new Step.Join());
        }
    }

    private void trap() {
        boolean source = random.nextInt(3) == 0;
        boolean hold = random.nextInt(5) < 3;
        Request.Kind what = source
                ? hold && random.nextInt(3) == 0 ? Request.Kind.WRITE : Request.Kind.READ
                : TARGET_KINDS.get(random.nextInt(TARGET_KINDS.size()));
        String errno = hold ? null : what.isZero() && random.nextBoolean() ? "EOPNOTSUPP"
                : random.nextInt(3) == 0 ? "ENOSPC" : "EIO";
        steps.add(new Step.Trap(++traps, source, what, places.any(), random.nextInt(2),
                1 + random.nextInt(hold ? 3 : 2), errno));
        trapped |= hold;
    }

    private void guest() {
        Action action = action();
        Range range = action == Action.FLUSH ? new Range(0, 0) : places.any();
        boolean fua = random.nextInt(12) == 0 && action.changes() && action != Action.DISCARD;
        boolean unmap = random.nextBoolean() && action == Action.ZEROES;
        int pattern = action == Action.WRITE ? 1 + patterns++ % 0x59 : 0;
        boolean later = trapped && random.nextInt(4) < 3 && action.changes();
        steps.add(new Step.Guest(action, range, pattern, unmap, fua, later));
        places.used(range);
    }

    private Action action() {
        int odds = random.nextInt(100);
        if (odds < 5) {
            return Action.FLUSH;
        }
        if (odds < 12) {
            return Action.READ;
        }
        if (kind == Kind.WRITES || odds < 50) {
            return Action.WRITE;
        }
        return odds < 80 ? Action.ZEROES : odds < 90 ? Action.ZERO_BYTES : Action.DISCARD;
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import static mirrorcheck.engine.schedule.MirrorRun.CHUNK;

import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.job.ErrorPolicy;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.engine.schedule.Judge.End;

/**
 * A large scenario at random: three guests, each in a third of the disk but with borders inside of
 * chunks, and a user who meddles with the job.
 */
record Storm(long seed) implements Explorer.Scenario {
    private static final int CHUNKS = 12;
    private static final int GUESTS = 3;
    private static final int REQUESTS = 6;
    /** Guests begin and end at multiples of this. */
    private static final int UNIT = CHUNK / 4;

    @Override
    public Baton.Body prepare(Baton baton) throws Exception {
        Random random = new Random(seed);
        MirrorRun run = new MirrorRun(baton, CHUNKS, UnaryOperator.identity());
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            if (random.nextBoolean()) {
                run.fill(chunk);
            }
        }
        long buffer = (1 + random.nextInt(4)) * CHUNK;
        run.options(options -> options.withBufSize(buffer)
                .withOnError(ErrorPolicy.REPORT, ErrorPolicy.IGNORE));
        if (random.nextBoolean()) {
            run.blocking();
        }
        run.failTarget(Request.Kind.WRITE, random.nextInt(3));
        int units = CHUNKS * CHUNK / UNIT;
        for (int i = 0; i < GUESTS; i++) {
            int from = units * i / GUESTS + (i == 0 ? 0 : 1);
            int to = units * (i + 1) / GUESTS + (i == GUESTS - 1 ? 0 : 1);
            long own = random.nextLong();
            run.guest(() -> guest(run, from, to, new Random(own)));
        }
        long own = random.nextLong();
        End end = End.values()[random.nextInt(3)];
        run.judge().mayEnd(end);
        run.user(() -> user(run, end, new Random(own)));
        return run::check;
    }

    private static void guest(MirrorRun run, int from, int to, Random random) throws Exception {
        for (int i = 0; i < REQUESTS; i++) {
            int first = from + random.nextInt(to - from);
            int offset = first * UNIT;
            int bytes = (1 + random.nextInt(Math.min(8, to - first))) * UNIT;
            switch (random.nextInt(4)) {
                case 0 -> run.zero(offset, bytes);
                case 1 -> run.discard(offset, bytes);
                default -> run.write(offset, bytes, i + 1);
            }
            run.checkSynced(offset, bytes);
        }
    }

    private static void user(MirrorRun run, End end, Random random) throws Exception {
        run.start();
        for (int i = random.nextInt(5); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> run.job().changeCopyMode(CopyMode.WRITE_BLOCKING);
                case 1 -> run.job().setSpeed(random.nextInt(2) * (1L << 20));
                case 2 -> run.job().await(Set.of(JobStatus.READY));
                default -> {
                    run.job().pause();
                    run.paused();
                    run.job().resume();
                }
            }
        }
        if (end == End.CANCELLED) {
            run.job().cancel(true);
            return;
        }
        run.ready();
        if (end == End.PIVOT) {
            run.job().complete();
        } else {
            run.job().cancel(false);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import static mirrorcheck.engine.schedule.MirrorRun.CHUNK;

import java.util.function.UnaryOperator;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.job.ErrorPolicy;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.schedule.Judge.End;

/**
 * The small races of a mirror, each two to four threads over two to four chunks. A guest begins
 * whenever its schedule lets it: before the start, during the scan, a copy or the end, or after the
 * pivot. Each race is judged by {@link Judge}.
 */
enum Race {
    /** A write and the copy of its chunk, in the background. */
    WRITE(2, run -> {
        run.fill(0);
        run.guest(() -> run.write(CHUNK / 2, CHUNK, 1));
        run.user(run::mirror);
    }),

    /** A write that goes to both ends, and the copy of its chunk. */
    BLOCKING_WRITE(2, run -> {
        run.fill(0);
        run.blocking();
        run.guest(() -> {
            run.write(CHUNK / 2, CHUNK, 1);
            run.checkSynced(CHUNK / 2, CHUNK);
        });
        run.user(run::mirror);
    }),

    /** A write that goes to both ends, to a chunk that is dirty and not yet being copied. */
    BLOCKING_WRITE_AHEAD(3, run -> {
        run.fill(0);
        run.fill(1);
        run.fill(2);
        run.blocking();
        run.guest(() -> run.write(2 * CHUNK, CHUNK / 2, 1));
        run.user(run::mirror);
    }),

    /** Two writes to a chunk, one after the other, while two requests copy beside each other. */
    TWO_WRITES(3, run -> {
        run.fill(0);
        run.fill(2);
        run.guest(() -> {
            run.write(CHUNK, CHUNK, 1);
            run.write(CHUNK / 2, CHUNK, 2);
        });
        run.user(run::mirror);
    }),

    /** Zeroes over data that is being copied. */
    ZERO(2, run -> {
        run.fill(0);
        run.guest(() -> run.zero(0, CHUNK + CHUNK / 2));
        run.user(run::mirror);
    }),

    /** The same, to both ends. */
    BLOCKING_ZERO(2, run -> {
        run.fill(0);
        run.blocking();
        run.guest(() -> {
            run.zero(0, CHUNK + CHUNK / 2);
            run.checkSynced(0, CHUNK + CHUNK / 2);
        });
        run.user(run::mirror);
    }),

    /** Data over a hole, and then zeroes over the data: the target is zero, and then it is not. */
    BLOCKING_WRITE_THEN_ZERO(2, run -> {
        run.fill(0);
        run.blocking();
        run.guest(() -> {
            run.write(CHUNK, CHUNK / 2, 1);
            run.zero(CHUNK, CHUNK);
        });
        run.user(run::mirror);
    }),

    /** Zeroes over half a chunk of data, and then over all of it. */
    ZERO_THEN_ZERO(1, run -> {
        run.fill(0);
        run.blocking();
        run.guest(() -> {
            run.zero(0, CHUNK / 2);
            run.zero(0, CHUNK);
        });
        run.user(run::mirror);
    }),

    /** A discard, and zeroes, of a chunk that is being copied. */
    DISCARD(2, run -> {
        run.fill(0);
        run.guest(() -> run.discard(0, CHUNK));
        run.user(run::mirror);
    }),

    /** B05: a write, to be mirrored, into a source of which a part was looked at. */
    WRITE_WHILE_STARTING(4, run -> {
        run.fill(1);
        run.fill(3);
        run.blocking();
        run.guest(() -> run.write(0, CHUNK / 2, 1));
        run.guest(() -> run.write(2 * CHUNK, CHUNK, 2));
        run.user(run::mirror);
    }),

    /** The copy mode changes while a guest writes. */
    CHANGE(2, run -> {
        run.fill(0);
        run.guest(() -> {
            run.write(0, CHUNK, 1);
            run.checkSynced(0, CHUNK);
        });
        run.user(() -> {
            run.start();
            run.job().changeCopyMode(CopyMode.WRITE_BLOCKING);
            run.ready();
            run.job().complete();
        });
    }),

    /** A pause while requests are in flight, and a guest that goes on. */
    PAUSE(3, run -> {
        run.fill(0);
        run.fill(2);
        run.blocking();
        run.guest(() -> run.write(CHUNK / 2, CHUNK, 1));
        run.user(() -> {
            run.start();
            run.job().pause();
            run.paused();
            run.job().resume();
            run.ready();
            run.job().complete();
        });
    }),

    /** Cancel of a ready job: the target is what the source was at one moment. */
    SOFT_CANCEL(2, run -> {
        run.fill(0);
        run.judge().mayEnd(End.COPY);
        run.guest(() -> {
            run.write(CHUNK / 2, CHUNK, 1);
            run.write(0, CHUNK, 2);
        });
        run.user(() -> {
            run.start();
            run.ready();
            run.job().cancel(false);
        });
    }),

    /** Cancel with force, at any time. */
    CANCEL(2, run -> {
        run.fill(0);
        run.blocking();
        run.judge().mayEnd(End.CANCELLED);
        run.guest(() -> run.write(CHUNK / 2, CHUNK, 1));
        run.user(() -> {
            run.start();
            run.job().cancel(true);
        });
    }),

    /** Cancel with force of a mirror that calls itself actively synced. */
    CANCEL_READY(2, run -> {
        run.fill(0);
        run.blocking();
        run.judge().mayEnd(End.CANCELLED);
        run.guest(() -> {
            run.write(0, CHUNK, 1);
            run.checkSynced(0, CHUNK);
        });
        run.user(() -> {
            run.start();
            run.ready();
            run.job().cancel(true);
        });
    }),

    /** One user completes, the other cancels; who comes first has it. */
    COMPLETE_OR_CANCEL(1, run -> {
        run.fill(0);
        run.judge().mayEnd(End.PIVOT, End.COPY, End.CANCELLED);
        run.guest(() -> run.write(0, CHUNK / 2, 1));
        run.user(() -> {
            run.start();
            run.readyOrOver();
            run.unlessRefused(run.job()::complete);
        });
        run.user(() -> {
            run.awaitStart();
            run.unlessRefused(() -> run.job().cancel(true));
        });
    }),

    /** A pause and the end of the job, from two users. */
    PAUSE_OR_COMPLETE(1, run -> {
        run.fill(0);
        run.guest(() -> run.write(0, CHUNK / 2, 1));
        run.user(() -> {
            run.start();
            run.ready();
            run.job().complete();
        });
        run.user(() -> {
            run.awaitStart();
            run.unlessRefused(() -> {
                run.job().pause();
                run.job().resume();
            });
        });
    }),

    /** Somebody changes the graph around the job, which is quiet meanwhile and then goes on. */
    DRAIN(1, run -> {
        run.fill(0);
        run.guest(() -> run.write(0, CHUNK / 2, 1));
        run.user(run::mirror);
        run.user(() -> {
            run.awaitStart();
            run.drained();
        });
    }),

    /** A target that fails once: the job fails, no guest hears of it. */
    ERROR_REPORTED(2, run -> {
        run.fill(0);
        run.blocking();
        run.judge().mayEnd(End.FAILED, End.PIVOT);
        run.failTarget(Request.Kind.WRITE, 1);
        run.guest(() -> run.write(CHUNK / 2, CHUNK, 1));
        run.user(() -> {
            run.start();
            run.readyOrOver();
            run.unlessRefused(run.job()::complete);
        });
    }),

    /** A target that fails twice, and a job that tries again. */
    ERROR_IGNORED(2, run -> {
        run.fill(0);
        run.blocking();
        run.options(options -> options.withOnError(ErrorPolicy.REPORT, ErrorPolicy.IGNORE));
        run.failTarget(Request.Kind.WRITE, 2);
        run.guest(() -> {
            run.write(CHUNK / 2, CHUNK, 1);
            run.checkSynced(CHUNK / 2, CHUNK);
        });
        run.user(run::mirror);
    }),

    /** A target that fails once, and a job that stops until its user lets it go on. */
    ERROR_STOPS(2, run -> {
        run.fill(0);
        run.blocking();
        run.options(options -> options.withOnError(ErrorPolicy.REPORT, ErrorPolicy.STOP));
        run.failTarget(Request.Kind.WRITE, 1);
        run.guest(() -> run.write(CHUNK / 2, CHUNK, 1));
        run.user(() -> {
            run.start();
            run.paused();
            run.job().resume();
            run.ready();
            run.job().complete();
        });
    }),

    /** Two guests whose writes overlap: both ends have the same winner. */
    OVERLAP(2, run -> {
        run.fill(0);
        run.blocking();
        run.judge().overlapping();
        run.judge().mayEnd(End.COPY);
        run.guest(() -> run.write(0, CHUNK, 1));
        run.guest(() -> run.write(CHUNK / 2, CHUNK, 2));
        run.user(() -> {
            run.start();
            run.ready();
            run.awaitGuests();
            run.job().cancel(false);
        });
    }),

    /** Two guests whose writes share a chunk but no byte. */
    SHARED_CHUNK(1, run -> {
        run.fill(0);
        run.blocking();
        run.guest(() -> run.write(0, CHUNK / 2, 1));
        run.guest(() -> run.zero(CHUNK / 2, CHUNK / 2));
        run.user(run::mirror);
    });

    private final int chunks;
    private final Story story;

    Race(int chunks, Story story) {
        this.chunks = chunks;
        this.story = story;
    }

    /** Makes the threads of a run. */
    @FunctionalInterface
    private interface Story {
        void tell(MirrorRun run) throws Exception;
    }

    /** The race of the engine as it is. */
    Explorer.Scenario scenario() {
        return scenario(UnaryOperator.identity());
    }

    /** The race of an engine about whose parts something is changed. */
    Explorer.Scenario scenario(UnaryOperator<MirrorParts> engine) {
        return baton -> {
            MirrorRun run = new MirrorRun(baton, chunks, engine);
            story.tell(run);
            return run::check;
        };
    }
}

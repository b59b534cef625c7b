// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import java.util.function.UnaryOperator;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.mirror.InFlight;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.mirror.Tracking;

/**
 * The engine with one thing done wrong that only some schedules show, the race that shows it, and
 * what is then said.
 */
enum BrokenEngine {
    /** N06: a chunk is called clean when its copy ends, whatever has come since. */
    CLEANED_AFTER_COPY(Race.WRITE, "PENDING: target differs", parts -> parts.withTracking(
            (geometry, zeroes) -> new Tracking(geometry, zeroes) {
                @Override
                public void copied(long offset, long bytes) {
                    dirty.clear(offset, bytes);
                }
            })),

    /** B05: a guest's write goes unseen until the first pass is over. */
    BLIND_AT_START(Race.WRITE, "PENDING: target differs", parts -> parts.withTracking(
            (geometry, zeroes) -> new Tracking(geometry, zeroes) {
                private boolean sees;

                @Override
                public ChunkRange nextDirty(long from, long maxBytes) {
                    ChunkRange next = super.nextDirty(from, maxBytes);
                    sees |= next == null && from == 0;
                    return next;
                }

                @Override
                public void guestWrote(long offset, long bytes) {
                    if (sees) {
                        super.guestWrote(offset, bytes);
                    }
                }
            })),

    /** B07: a write to both ends cleans every chunk it touches. */
    CLEANED_OUTWARDS(Race.BLOCKING_WRITE_AHEAD, "PENDING: target differs",
            parts -> parts.withTracking((geometry, zeroes) -> new Tracking(geometry, zeroes) {
                @Override
                public void activeWriteBegins(long offset, long bytes) {
                    long begin = geometry.chunkStart(offset);
                    long end = geometry.chunkStart(offset + bytes + geometry.granularity() - 1);
                    dirty.clear(begin, end - begin);
                }
            })),

    /** N01: of what is known zero, data forgets only the chunks it covers. */
    ZEROES_KEPT(Race.BLOCKING_WRITE_THEN_ZERO, "PENDING: target differs",
            parts -> parts.withTracking((geometry, zeroes) -> new Tracking(geometry, zeroes) {
                @Override
                public void dataIssued(long offset, long bytes) {
                    if (bytes % geometry.granularity() == 0) {
                        super.dataIssued(offset, bytes);
                    }
                }
            })),

    /** N02: zeroes that a guest writes speak for every chunk they touch. */
    ZEROES_SET_OUTWARDS(Race.ZERO_THEN_ZERO, "PENDING: target differs",
            parts -> parts.withTracking((geometry, zeroes) -> new Tracking(geometry, zeroes) {
                @Override
                public void guestZeroed(long offset, long bytes) {
                    zero.set(geometry.chunkStart(offset), geometry.granularity());
                }
            })),

    /** A request that failed is forgotten. */
    FAILURE_FORGOTTEN(Race.ERROR_IGNORED, "PENDING: target differs", parts -> parts.withTracking(
            (geometry, zeroes) -> new Tracking(geometry, zeroes) {
                @Override
                public void failed(long offset, long bytes) {
                    // Left out.
                }
            })),

    /** N04: a guest's write does not wait for the copy of its chunk. */
    GUEST_DOES_NOT_WAIT(Race.BLOCKING_WRITE, "PENDING: target differs",
            parts -> parts.withInFlight(() -> new InFlight() {
                @Override
                public boolean mustWait(Range range) {
                    return false;
                }
            })),

    /** The job does not wait for guests: it copies what one is just writing. */
    JOB_DOES_NOT_WAIT(Race.BLOCKING_WRITE_AHEAD, "PENDING: target differs",
            parts -> parts.withInFlight(() -> new InFlight() {
                @Override
                public Range conflict(ChunkRange chunks) {
                    return null;
                }
            })),

    /** B10: each waits for whoever overlaps, also for those that came later. */
    WAIT_IN_A_CIRCLE(Race.OVERLAP, "deadlock", parts -> parts.withInFlight(() -> new InFlight() {
        @Override
        public boolean mustWait(Range range) {
            return meetsAnother(range);
        }
    })),

    /** Of several that wait for a change only one is told. */
    ONE_IS_TOLD(Race.OVERLAP, "deadlock",
            parts -> parts.withLocks(() -> ((BatonLock) parts.locks().get()).tellingOne()));

    private final Race race;
    private final String complaint;
    private final UnaryOperator<MirrorParts> change;

    BrokenEngine(Race race, String complaint, UnaryOperator<MirrorParts> change) {
        this.race = race;
        this.complaint = complaint;
        this.change = change;
    }

    Explorer.Scenario scenario() {
        return race.scenario(change);
    }

    /** How what goes wrong is said. */
    String complaint() {
        return complaint;
    }
}

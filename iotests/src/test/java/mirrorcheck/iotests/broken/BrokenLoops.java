// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Clock;
import mirrorcheck.engine.mirror.Geometry;
import mirrorcheck.engine.mirror.InFlight;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.mirror.Tracking;

/** What is wrong in one place each about how a mirror begins, goes on and waits. */
final class BrokenLoops {
    private BrokenLoops() {
    }

    /** Bookkeeping that knows the nodes of its variation. */
    private abstract static class WithNodes extends Variation {
        abstract Tracking tracking(Geometry geometry, boolean tracksZeroes);

        @Override
        final MirrorParts parts() {
            return MirrorParts.standard().withTracking(this::tracking);
        }
    }

    /** B06: what a guest's write needs is not there before the first copy. */
    static final class NotThereAtStart extends Tracking {
        private boolean there;

        NotThereAtStart(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
        }

        @Override
        public void picked(long offset, long bytes) {
            there = true;
            super.picked(offset, bytes);
        }

        @Override
        public void guestWrote(long offset, long bytes) {
            if (!there) {
                throw new AssertionError("no job behind the filter");
            }
            super.guestWrote(offset, bytes);
        }
    }

    /** B10: a write waits for whatever overlaps it, also for what waits for it. */
    static final class WaitsForEachOther extends InFlight {
        @Override
        public boolean mustWait(Range range) {
            return meetsAnother(range);
        }
    }

    /** B11: the copy waits for nobody. */
    static final class CopyNeverWaits extends InFlight {
        @Override
        public Range conflict(ChunkRange chunks) {
            return null;
        }
    }

    /** B12: a request wants room beside itself. */
    static final class WaitsForItself extends InFlight {
        @Override
        public boolean hasRoomFor(long buffer, long maxBuffered) {
            return buffer < maxBuffered && super.hasRoomFor(buffer, maxBuffered);
        }
    }

    /** B31: a guest's write waits for nobody. */
    static final class GuestNeverWaits extends InFlight {
        @Override
        public boolean mustWait(Range range) {
            return false;
        }
    }

    /** B18, B48: a target counts as zero because new images of its format are. */
    static final class BelievesTheFormat extends Tracking {
        BelievesTheFormat(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
            targetIsZero();
        }
    }

    /** B19: only what the source has is dirty at the start, whatever the target holds. */
    static final class CopiesOnlyData extends WithNodes {
        @Override
        Tracking tracking(Geometry geometry, boolean tracksZeroes) {
            return new Tracking(geometry, tracksZeroes) {
                @Override
                public void found(long offset, long bytes) {
                    try {
                        for (long at = offset; at < offset + bytes;) {
                            Extent extent = source().blockStatus(at, offset + bytes - at);
                            if (!extent.status().zero()) {
                                super.found(at, extent.bytes());
                            }
                            at = extent.end();
                        }
                    } catch (BlockException e) {
                        throw new AssertionError(e);
                    }
                }
            };
        }
    }

    /** B23: the target is zeroed as a whole before anything is known. */
    static final class AlwaysPreZeroes extends WithNodes {
        @Override
        Tracking tracking(Geometry geometry, boolean tracksZeroes) {
            try {
                target().writeZeroes(0, geometry.length(), Set.of(WriteFlag.MAY_UNMAP));
            } catch (BlockException e) {
                throw new AssertionError(e);
            }
            return new Tracking(geometry, tracksZeroes);
        }
    }

    /** B43: the target is asked whether it is zero, each time. */
    static final class AsksTheTarget extends WithNodes {
        @Override
        Tracking tracking(Geometry geometry, boolean tracksZeroes) {
            return new Tracking(geometry, tracksZeroes) {
                @Override
                public boolean knownZero(long offset, long bytes) {
                    try {
                        target().blockStatus(offset, bytes);
                    } catch (BlockException e) {
                        throw new AssertionError(e);
                    }
                    return super.knownZero(offset, bytes);
                }
            };
        }
    }

    /** N07: the walk never comes back to what it has passed. */
    static final class NeverGoesBack extends Tracking {
        private final long length;
        private long passed;

        NeverGoesBack(Geometry geometry, boolean tracksZeroes) {
            super(geometry, tracksZeroes);
            length = geometry.length();
        }

        @Override
        public ChunkRange nextDirty(long from, long maxBytes) {
            ChunkRange run = super.nextDirty(Math.max(from, passed), maxBytes);
            if (run != null) {
                passed = run.end();
            }
            return run;
        }

        @Override
        public long dirtyBytes() {
            if (passed > 0 && super.nextDirty(passed, length) == null) {
                dirty.clear(0, length);
            }
            return super.dirtyBytes();
        }
    }

    /** N11: the target is written first, and a write that the source fails leaves no trace. */
    static final class TargetFirst extends WithNodes {
        private boolean mirrors;

        @Override
        Tracking tracking(Geometry geometry, boolean tracksZeroes) {
            mirrors = true;
            return new Tracking(geometry, tracksZeroes) {
                @Override
                public void failed(long offset, long bytes) {
                    // Left out.
                }
            };
        }

        @Override
        BlockNode aboveSource(BlockNode node) {
            return new AlteredNode(node) {
                @Override
                public void write(long offset, MemorySegment from, Set<WriteFlag> flags)
                        throws BlockException {
                    if (mirrors && !isJobs()) {
                        target().write(offset, from, WriteFlag.NONE);
                    }
                    super.write(offset, from, flags);
                }
            };
        }
    }

    /** N21: all jobs share one account. */
    static final class OneForAll extends WithNodes {
        private Tracking shared;

        @Override
        Tracking tracking(Geometry geometry, boolean tracksZeroes) {
            if (shared == null) {
                shared = new Tracking(geometry, tracksZeroes);
            }
            return shared;
        }
    }

    /** N16 and an endless loop of errors: time runs a million times too fast for the job. */
    static final class Hurries implements Clock {
        private static final long TIMES = 1_000_000;

        private final long begin = SYSTEM.nanoTime();

        @Override
        public long nanoTime() {
            return (SYSTEM.nanoTime() - begin) * TIMES;
        }

        @Override
        public Instant wallTime() {
            return SYSTEM.wallTime();
        }

        @Override
        public void await(Lock lock, Condition condition, long nanos) throws InterruptedException {
            condition.await(nanos / TIMES, TimeUnit.NANOSECONDS);
        }
    }
}

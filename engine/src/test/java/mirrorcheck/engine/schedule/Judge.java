// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.job.JobEvent;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.mirror.MirrorJob;

/**
 * What must hold of every run of a mirror, whatever its schedule: some of it at one moment, which
 * only who stands at the scheduler can see.
 */
final class Judge {
    /** How a job may end. */
    enum End {
        /** As a success; the guest has the target. */
        PIVOT,
        /** As a success; the guest has the source, the target what was there at one moment. */
        COPY, CANCELLED, FAILED
    }

    private final Baton baton;
    private final MemoryNode source;
    private final MemoryNode target;
    private final List<JobEvent> events = new ArrayList<>();
    private Set<End> ends = EnumSet.of(End.PIVOT);
    private boolean modelled = true;
    /** Chunks of the target that hold what was never data, or zeroes written as a whole. */
    private final BitSet knownZero = new BitSet();
    private final int chunk;
    private final List<ChunkRange> guestWrites = new ArrayList<>();
    private boolean ended;

    /** Both ends read as zero and have the same length. */
    Judge(Baton baton, MemoryNode source, MemoryNode target, int chunk) {
        this.baton = baton;
        this.source = source;
        this.target = target;
        this.chunk = chunk;
        knownZero.set(0, Math.ceilDiv((int) target.length(), chunk));
    }

    // What a race expects besides.

    void mayEnd(End first, End... others) {
        ends = EnumSet.of(first, others);
    }

    /** Guests overlap: which of them wins is not known. */
    void overlapping() {
        modelled = false;
    }

    // During the run. What is wrong then is told to the baton: it is no business of the engine.

    /** A guest begins a write, of data or zeroes; what is given back is to be acknowledged. */
    ChunkRange guestWrites(int offset, int bytes) {
        ChunkRange range = new ChunkRange(offset, bytes);
        guestWrites.add(range);
        return range;
    }

    void acknowledged(ChunkRange write) {
        guestWrites.removeIf(other -> other == write);
    }

    /**
     * Whether several guests write to chunks of the range: the data of one may be on its way to the
     * target, and no longer known zero, while the zeroes of the other go beside it.
     */
    private boolean isShared(int begin, int end) {
        return guestWrites.stream().filter(write -> write.offset() / chunk <= (end - 1) / chunk
                && begin / chunk <= (write.end() - 1) / chunk).count() > 1;
    }

    /** A request takes effect; zeroes over what a mirror has to know is zero are for nothing. */
    void targetRequest(Request request) {
        int begin = (int) request.offset();
        int end = begin + (int) request.bytes();
        int last = Math.ceilDiv(end, chunk);
        if (ended) {
            // The guest has the target: whatever it asks for is right.
            return;
        }
        if (request.kind() == Request.Kind.WRITE) {
            knownZero.clear(begin / chunk, last);
        } else if (request.kind() == Request.Kind.WRITE_ZEROES) {
            if (knownZero.nextClearBit(begin / chunk) >= last && !isShared(begin, end)) {
                wrong("ZERO-1: zeroes written over known zeroes: " + request);
            }
            int inner = Math.ceilDiv(begin, chunk);
            int innerEnd = end == target.length() ? last : end / chunk;
            knownZero.set(inner, Math.max(inner, innerEnd));
        }
    }

    void hears(JobEvent event) {
        events.add(event);
        if (MirrorRun.endsWell(event)) {
            checkSame(0, (int) source.length(), "PENDING");
            ended = true;
        }
        if (event instanceof JobEvent.StatusChange change && (change.status() == JobStatus.PAUSED
                || change.status() == JobStatus.STANDBY) && baton.isAlive("lane")) {
            wrong(change.status() + ": a request is in flight");
        }
        if (event instanceof JobEvent.Ready ready
                && ready.progress().len() - ready.progress().offset() > guestBytes()) {
            wrong("READY: " + ready.progress() + ", guests have in flight: " + guestBytes());
        }
    }

    private long guestBytes() {
        return guestWrites.stream().mapToLong(ChunkRange::bytes).sum();
    }

    void refused(BlockException refusal) {
        if (!refusal.getMessage().contains("cannot") && !refusal.getMessage().contains("paused")) {
            wrong("refused with: " + refusal.getMessage());
        }
    }

    /** Source and target are the same in a range now. */
    void checkSame(int offset, int bytes, String when) {
        long at = contents(source, offset, bytes).mismatch(contents(target, offset, bytes));
        if (at >= 0) {
            wrong(when + ": target differs from source at " + (offset + at));
        }
    }

    private void wrong(String what) {
        baton.fail(new AssertionError(what));
    }

    private static MemorySegment contents(MemoryNode node, long offset, int bytes) {
        MemorySegment contents = MemorySegment.ofArray(new byte[bytes]);
        try {
            node.read(offset, contents);
        } catch (BlockException e) {
            throw new IllegalStateException("memory cannot be read", e);
        }
        return contents;
    }

    // After the run.

    void checkEnd(MirrorJob job, Graph graph, String disk) {
        End end = end(disk);
        assertTrue(ends.contains(end), () -> "ended as " + end + ": " + events);
        assertEquals(JobStatus.NULL, job.info().status(), "status");
        if (end == End.PIVOT || end == End.COPY) {
            assertEquals(0, job.dirtyBytes(), "dirty bytes");
        }
        assertEquals(end == End.PIVOT ? "target" : "source", disk, "the guest's disk");
        assertEquals(List.of("source", "target"),
                graph.nodes().stream().map(BlockNode::nodeName).toList(), "nodes");
    }

    private End end(String disk) {
        for (JobEvent event : events) {
            if (event instanceof JobEvent.Cancelled) {
                return End.CANCELLED;
            }
            if (event instanceof JobEvent.Completed completed) {
                assertTrue(completed.error() != null
                        || completed.progress().offset() == completed.progress().len(),
                        completed::toString);
                return completed.error() != null ? End.FAILED
                        : disk.equals("target") ? End.PIVOT : End.COPY;
            }
        }
        throw new AssertionError("no end: " + events);
    }

    /** Every acknowledged write is on the disk that the guest has now. */
    void checkDisk(byte[] model, byte[] disk) {
        if (modelled) {
            assertEquals(-1, MemorySegment.ofArray(model).mismatch(MemorySegment.ofArray(disk)),
                    "the guest's disk differs from what it wrote, first at");
        }
    }
}

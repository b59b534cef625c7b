// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.job.JobEvent;
import mirrorcheck.engine.job.JobInfo;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.job.Jobs;
import mirrorcheck.engine.mirror.CopyMode;
import mirrorcheck.engine.mirror.InFlight;
import mirrorcheck.engine.mirror.Mirror;
import mirrorcheck.engine.mirror.MirrorJob;
import mirrorcheck.engine.mirror.MirrorOptions;
import mirrorcheck.engine.mirror.MirrorParts;
import mirrorcheck.engine.mirror.Sync;

/**
 * A mirror between two nodes in memory, with guests and a user, under a {@link Baton}: the words
 * that races are told in, and what must hold in each, see {@link Judge}.
 */
final class MirrorRun {
    /** The granularity: two pages of memory, so that half of a chunk can be data. */
    static final int CHUNK = 8 << 10;

    private final Baton baton;
    private final Graph graph;
    private final Jobs jobs = new Jobs();
    private final MirrorParts parts;
    private final MemoryNode sourceMemory;
    private final MemoryNode targetMemory;
    private final PointNode target;
    private final Attachment door;
    private final byte[] model;
    private final List<Baton.Actor> guests = new ArrayList<>();
    private final Judge judge;
    private InFlight inFlight;
    private MirrorOptions options;
    private MirrorJob job;

    /**
     * Both ends read as zero; nothing runs yet.
     *
     * @param chunks length of source and target
     * @param engine what is changed about the mirror's parts
     */
    MirrorRun(Baton baton, int chunks, UnaryOperator<MirrorParts> engine) throws BlockException {
        this.baton = baton;
        this.graph = graph(baton);
        this.model = new byte[chunks * CHUNK];
        this.sourceMemory = memory(model.length);
        this.targetMemory = memory(model.length);
        this.judge = new Judge(baton, sourceMemory, targetMemory, CHUNK);
        graph.add(new PointNode(NodeOptions.named("source").withDiscard(Discard.UNMAP),
                sourceMemory, baton, request -> {
                }));
        this.target = new PointNode(NodeOptions.named("target"), targetMemory, baton,
                judge::targetRequest);
        graph.add(target);
        this.door = graph.attach("source", "guest", true);
        this.options = MirrorOptions.of("j", "source", "target", Sync.FULL)
                .withGranularity(CHUNK).withBufSize(2 * CHUNK);
        MirrorParts changed = engine.apply(MirrorParts.standard()
                .withExecutor(new BatonExecutor(baton))
                .withClock(new BatonClock(baton))
                .withLocks(() -> new BatonLock(baton, "job", () -> false)));
        this.parts = changed.withInFlight(() -> {
            inFlight = changed.inFlight().get();
            return inFlight;
        });
    }

    private static Graph graph(Baton baton) {
        Graph[] graph = new Graph[1];
        // The graph changes attachments with its monitor held.
        graph[0] = new Graph(
                () -> new BatonLock(baton, "door", () -> Thread.holdsLock(graph[0])));
        return graph[0];
    }

    private static MemoryNode memory(long bytes) throws BlockException {
        return new MemoryNode(NodeOptions.named("memory").withDiscard(Discard.UNMAP), bytes);
    }

    // Before the run.

    /** Has data in one chunk of the source. */
    void fill(int chunk) throws BlockException {
        MemorySegment data = pattern(chunk * CHUNK, CHUNK, 0);
        sourceMemory.write((long) chunk * CHUNK, data, WriteFlag.NONE);
        note(chunk * CHUNK, data);
    }

    void options(UnaryOperator<MirrorOptions> change) {
        options = change.apply(options);
    }

    /** Fails the next requests of a kind at the target. */
    void failTarget(Request.Kind kind, int count) {
        target.fail(kind, count);
    }

    /** Makes a guest, a thread that uses the disk. */
    void guest(Baton.Body body) {
        guests.add(baton.spawn("guest" + (guests.size() + 1), body));
    }

    /** Makes a user, a thread that uses verbs. */
    void user(Baton.Body body) {
        baton.spawn("user", body);
    }

    Judge judge() {
        return judge;
    }

    // What guests do. Ranges of several guests do not overlap, or the model is not asked.

    /** Writes bytes that depend on place and seed, and are never zero. */
    void write(int offset, int bytes, int seed) throws BlockException {
        baton.point("write " + offset + "+" + bytes);
        MemorySegment data = pattern(offset, bytes, seed);
        ChunkRange write = judge.guestWrites(offset, bytes);
        door.write(offset, data, WriteFlag.NONE);
        judge.acknowledged(write);
        note(offset, data);
    }

    void zero(int offset, int bytes) throws BlockException {
        baton.point("write zeroes " + offset + "+" + bytes);
        ChunkRange write = judge.guestWrites(offset, bytes);
        door.writeZeroes(offset, bytes, Set.of(WriteFlag.MAY_UNMAP));
        judge.acknowledged(write);
        note(offset, MemorySegment.ofArray(new byte[bytes]));
    }

    /** Discards a range, and says at once what it shall read as: nobody promises that. */
    void discard(int offset, int bytes) throws BlockException {
        baton.point("discard " + offset + "+" + bytes);
        door.discard(offset, bytes);
        zero(offset, bytes);
    }

    /** Whatever a query calls synced has to be the same at both ends. */
    void checkSynced(int offset, int bytes) {
        if (job == null) {
            return;
        }
        JobInfo info = job.info();
        if (info.ready() && info.activelySynced()) {
            judge.checkSame(offset, bytes, "actively-synced");
        }
    }

    private void note(int offset, MemorySegment data) {
        MemorySegment.ofArray(model).asSlice(offset, data.byteSize()).copyFrom(data);
    }

    private static MemorySegment pattern(int offset, int bytes, int seed) {
        byte[] pattern = new byte[bytes];
        for (int at = 0; at < bytes; at += 512) {
            int value = 1 + (seed * 31 + (offset + at) / 512) % 255;
            Arrays.fill(pattern, at, Math.min(bytes, at + 512), (byte) value);
        }
        return MemorySegment.ofArray(pattern);
    }

    // What users do.

    void start() throws BlockException {
        job = Mirror.start(options, graph, jobs, event -> judge.hears(event), parts);
    }

    /** Waits for READY. */
    void ready() throws Exception {
        await(JobStatus.READY);
    }

    /** Waits until the job is quiet. */
    void paused() throws Exception {
        await(JobStatus.PAUSED, JobStatus.STANDBY);
    }

    /** Waits for READY, which the job need not come to. */
    void readyOrOver() throws Exception {
        job.await(Set.of(JobStatus.READY));
    }

    private void await(JobStatus... statuses) throws Exception {
        JobStatus status = job.await(Set.of(statuses));
        assertTrue(Set.of(statuses).contains(status), () -> "job is " + status);
    }

    /** Waits until another user has started the mirror. */
    void awaitStart() {
        baton.await("start", () -> job != null);
    }

    MirrorJob job() {
        return job;
    }

    /** Starts the mirror, waits for READY, completes. */
    void mirror() throws Exception {
        start();
        ready();
        job.complete();
    }

    /** Drains the job, if it is idle, and lets it go on. */
    void drained() {
        if (job.beginDrain()) {
            assertFalse(job.info().busy(), "busy while drained");
            job.endDrain();
        }
    }

    /** Does what may be refused, for another came first. */
    void unlessRefused(Baton.Body verb) throws Exception {
        try {
            verb.run();
        } catch (BlockException e) {
            judge.refused(e);
        }
    }

    /** Waits until all guests are done. */
    void awaitGuests() {
        baton.await("guests", () -> guests.stream().allMatch(Baton.Actor::hasEnded));
    }

    void blocking() {
        options(value -> value.withCopyMode(CopyMode.WRITE_BLOCKING));
    }

    // After the run.

    /** Judges the outcome. */
    void check() throws Exception {
        judge.checkEnd(job, graph, door.node().nodeName());
        byte[] disk = new byte[model.length];
        door.read(0, MemorySegment.ofArray(disk));
        judge.checkDisk(model, disk);
        assertNull(inFlight.conflict(new ChunkRange(0, model.length)), "in flight");
    }

    /** Whether the event ends a job's work well: guests are out until the graph shows it. */
    static boolean endsWell(JobEvent event) {
        return event instanceof JobEvent.StatusChange change
                && change.status() == JobStatus.PENDING;
    }
}

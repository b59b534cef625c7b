// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.FileNode;
import mirrorcheck.engine.driver.RawNode;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.job.ErrorPolicy;
import mirrorcheck.engine.job.JobEvent.Progress;
import mirrorcheck.engine.job.JobStatus;
import mirrorcheck.engine.mirror.Gate.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A target that lacks its backing file gets whole clusters, of 64 KiB here, whatever the chunks
 * (rule CHAIN-4). Names of bugs are those of BUGS.md.
 */
@Timeout(20)
class WholeClustersTest {
    private static final int K = 1024;
    private static final int CLUSTER = 64 * K;
    private static final int LENGTH = 16 * CLUSTER - 8 * K;

    @TempDir
    Path dir;

    private MirrorFixture m;
    private Attachment guest;

    /** A file that wants its clusters whole. */
    private static final class Clustered extends FilterNode {
        Clustered(BlockNode child) throws BlockException {
            super(transparent("clustered"), child, true);
        }

        @Override
        public long firstWriteUnit() {
            return CLUSTER;
        }
    }

    @BeforeEach
    void open() throws Exception {
        m = MirrorFixture.of(dir, LENGTH);
        Path path = MirrorFixture.sparse(dir.resolve("clustered.raw"), LENGTH);
        m.graph.add(new RawNode(NodeOptions.named("clustered"), new GatedNode(m.targetGate,
                new Clustered(FileNode.open(path, NodeOptions.named("file"), false))), true));
        guest = m.guest();
    }

    @AfterEach
    void close() throws Exception {
        guest.close();
        m.close();
    }

    private static MirrorOptions options(Sync sync, CopyMode mode) {
        return MirrorOptions.of("j", "source", "clustered", sync).withCopyMode(mode)
                .withGranularity(4 * K);
    }

    /** Waits until nothing is dirty; tells what the target was asked for since the last time. */
    private List<String> settled(MirrorJob job) {
        Progress progress = job.info().progress();
        while (progress.offset() < progress.len()) {
            Thread.onSpinWait();
            progress = job.info().progress();
        }
        List<String> requests = m.sortedRequests().stream().filter(r -> !r.equals("flush"))
                .toList();
        m.targetGate.forget();
        return requests;
    }

    private void assertSame(MirrorJob job) throws Exception {
        m.finish(job);
        assertEquals(-1, Files.mismatch(m.sourcePath, dir.resolve("clustered.raw")));
    }

    /** B33: the first copy into a cluster is widened, the next ones are not. */
    @Test
    void jobFillsAClusterOnceAndRemembersIt() throws Exception {
        m.fillSource(0, LENGTH, 1);
        MirrorJob job = m.ready(options(Sync.NONE, CopyMode.BACKGROUND));
        Guest.write(guest, 70 * K, 2 * K, 7);
        assertEquals(List.of("write 65536+65536"), settled(job));
        Guest.write(guest, 70 * K, 2 * K, 8);
        assertEquals(List.of("write 69632+4096"), settled(job));
        Guest.write(guest, 120 * K, 16 * K, 9);
        assertEquals(List.of("write 65536+131072"), settled(job));
        Guest.write(guest, LENGTH - 512, 512, 10);
        assertEquals(List.of("write 983040+57344"), settled(job));
        m.finish(job);
    }

    /** B32: so is a guest's own write, and only what it leaves of a cluster is read again. */
    @Test
    void activeWriteFillsAClusterOnceAndRemembersIt() throws Exception {
        m.fillSource(0, LENGTH, 1);
        MirrorJob job = m.ready(options(Sync.NONE, CopyMode.WRITE_BLOCKING));
        Guest.write(guest, 70 * K, 2 * K, 7);
        assertEquals(List.of("write 65536+65536"), settled(job));
        Guest.write(guest, 71 * K, 512, 8);
        assertEquals(List.of("write 72704+512"), settled(job));
        m.sourceGate.forget();
        Guest.write(guest, 140 * K, 200 * K, 9);
        assertEquals(List.of("write 131072+65536", "write 196608+131072", "write 327680+65536"),
                settled(job));
        assertEquals(List.of("read 131072+65536", "read 327680+65536"),
                m.sourceGate.seen().stream().filter(request -> request.is(Kind.READ))
                        .map(Gate.Request::toString).toList());
        Guest.write(guest, LENGTH - CLUSTER, CLUSTER, 10);
        assertEquals(List.of("write 917504+65536", "write 983040+57344"), settled(job));
        m.finish(job);
    }

    /** Zeroes that leave something of an absent cluster are copied with the rest of it. */
    @Test
    void activeZeroesAreWrittenAsZeroesWhereTheyFillClusters() throws Exception {
        m.fillSource(0, LENGTH, 1);
        MirrorJob job = m.ready(options(Sync.NONE, CopyMode.WRITE_BLOCKING));
        guest.writeZeroes(4 * K, 4 * K, WriteFlag.NONE);
        assertEquals(List.of("write 0+65536"), settled(job));
        guest.writeZeroes(60 * K, 70 * K, WriteFlag.NONE);
        assertEquals(List.of("write 0+65536", "write 131072+65536", "zero 65536+65536"),
                settled(job));
        guest.writeZeroes(4 * K, 4 * K, WriteFlag.NONE);
        assertEquals(List.of("zero 4096+4096"), settled(job));
        m.finish(job);
    }

    /** What such a target reads as is not what it will read as; what the user says goes. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void zeroesAreWrittenUnlessTheUserVouches(boolean vouched) throws Exception {
        m.fillSource(2 * CLUSTER + 4 * K, 4 * K, 1);
        MirrorJob job = m.ready(options(Sync.FULL, CopyMode.BACKGROUND)
                .withTargetIsZero(vouched));
        String data = "write 131072+65536";
        // The last cluster is a part of one, and so counts as data.
        String tail = "write 983040+57344";
        assertEquals(vouched ? List.of(data, tail)
                : List.of(data, tail, "zero 0+131072", "zero 196608+786432"), settled(job));
        assertSame(job);
    }

    /** N05: a chunk that was copied only because its cluster was is not known to be zero. */
    @ParameterizedTest
    @EnumSource
    void zeroBitmapFollowsTheWidenedCopy(CopyMode second) throws Exception {
        MirrorJob job = m.ready(options(Sync.FULL, CopyMode.BACKGROUND).withTargetIsZero(true));
        settled(job);
        job.pause();
        job.await(Set.of(JobStatus.STANDBY));
        Guest.write(guest, 12 * K, 4 * K, 7);
        job.changeCopyMode(second);
        Guest.write(guest, 4 * K, 4 * K, 8);
        // In write-blocking mode the second write takes the first along, and it is clean.
        if (second == CopyMode.WRITE_BLOCKING) {
            assertEquals(List.of("write 0+65536"), m.targetGate.changes());
        }
        job.resume();
        job.await(Set.of(JobStatus.READY));
        assertEquals(List.of("write 0+65536"), settled(job));
        guest.writeZeroes(12 * K, 4 * K, WriteFlag.NONE);
        assertEquals(List.of("zero 12288+4096"), settled(job));
        assertSame(job);
    }

    /** The job does not copy a cluster while a guest's widened write is on its way there. */
    @Test
    void jobPassesByTheWidenedRangeOfAnActiveWrite() throws Exception {
        m.fillSource(0, LENGTH, 1);
        MirrorJob job = m.ready(options(Sync.NONE, CopyMode.BACKGROUND));
        job.pause();
        job.await(Set.of(JobStatus.STANDBY));
        Guest.write(guest, 60 * K, 4 * K, 7);
        Guest.write(guest, 5 * CLUSTER, 512, 8);
        job.changeCopyMode(CopyMode.WRITE_BLOCKING);
        Gate.Hold hold = m.targetGate.hold(request -> request.at(Kind.WRITE, 0));
        CompletableFuture<Void> first = Guest.writing(guest, 0, 512, 9);
        hold.await(1);
        Gate.Hold copy = m.targetGate.hold(request -> request.at(Kind.WRITE, 5L * CLUSTER));
        job.resume();
        copy.await(1);
        copy.open();
        // The active write takes what was dirty of its cluster along.
        CompletableFuture<Void> next = Guest.writing(guest, 8 * K, 512, 10);
        assertFalse(first.isDone());
        hold.open();
        Guest.await(first);
        Guest.await(next);
        assertEquals(List.of("write 0+65536", "write 327680+65536", "write 8192+512"),
                settled(job));
        m.finish(job);
    }

    /** The guest has its write; the job meets the error again and handles it as the source's. */
    @Test
    void sourceThatCannotBeReadForTheRestOfAClusterIsTheJobsAffair() throws Exception {
        m.fillSource(0, LENGTH, 1);
        MirrorJob job = m.ready(options(Sync.NONE, CopyMode.WRITE_BLOCKING)
                .withOnError(ErrorPolicy.STOP, ErrorPolicy.REPORT));
        m.sourceGate.fail(request -> request.is(Kind.READ), Errno.EIO, 2);
        Guest.write(guest, 4 * K, 4 * K, 7);
        job.await(Set.of(JobStatus.STANDBY));
        assertEquals(List.of("ERROR READ STOP"),
                m.events.stream().filter(event -> event.startsWith("ERROR")).toList());
        job.resume();
        job.await(Set.of(JobStatus.READY));
        assertEquals(List.of("write 0+65536"), settled(job));
        m.finish(job);
    }

    /** Clusters larger than a data request and than all of the buffer are copied at once. */
    @Test
    void clusterIsNeverCopiedInParts() throws Exception {
        m.fillSource(0, LENGTH, 1);
        m.mirror(options(Sync.FULL, CopyMode.BACKGROUND).withBufSize(4 * K));
        assertTrue(m.targetGate.seen().stream().filter(request -> request.is(Kind.WRITE))
                .allMatch(request -> request.offset() % CLUSTER == 0
                        && (request.bytes() == CLUSTER
                        || request.offset() + request.bytes() == LENGTH)));
    }
}

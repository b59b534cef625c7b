// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.job.Job;
import mirrorcheck.engine.job.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole mirrors on real files: life cycle, requests and content. */
@Timeout(60)
class MirrorJobTest {
    private static final long M = 1 << 20;

    @TempDir
    Path dir;

    @Test
    void sparseSourceCostsOnlyItsData() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 20 * M)) {
            m.fillSource(8 * M, (int) (2 * M), 1);
            m.mirror(MirrorFixture.full());

            assertTrue(m.identical());
            assertEquals(List.of("flush", "flush", "flush", "write 8388608+1048576",
                    "write 9437184+1048576"),
                    m.sortedRequests());
            assertEquals(List.of("created", "running", "ready", "READY 20971520/20971520",
                    "waiting", "pending",
                    "COMPLETED 20971520/20971520", "concluded", "null"), m.events);
        }
    }

    @Test
    void guestsSeeTheTargetAfterThePivot() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 20 * M)) {
            Attachment guest = m.guest();
            m.mirror(MirrorFixture.full());

            assertEquals("target", guest.node().nodeName());
            guest.close();
        }
    }

    @Test
    void writeBlockingReachesTheTargetByteExact() throws Exception {
        try (MirrorFixture m = MirrorFixture.of(dir, 20 * M)) {
            Attachment guest = m.guest();
            MirrorJob job = m.start(MirrorFixture.full()
                    .withCopyMode(CopyMode.WRITE_BLOCKING));
            job.await(Set.of(JobStatus.READY));
            guest.write(4096, MemorySegment.ofArray(MirrorFixture.pattern(1000, 3)),
                    WriteFlag.NONE);
            guest.writeZeroes(4096, 500, WriteFlag.NONE);
            guest.writeZeroes(M, 4096, WriteFlag.NONE);

            assertEquals(List.of("flush", "write 4096+1000", "zero 4096+500"),
                    m.targetGate.changes());
            assertEquals(20 * M + 1000 + 500 + 4096, job.info().progress().offset());
            assertTrue(job.info().activelySynced());
            job.cancel(false);
            job.await(Job.over());
            assertTrue(m.identical());
            guest.close();
        }
    }
}

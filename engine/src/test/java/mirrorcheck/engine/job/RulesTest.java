// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written down as a table, and what a job refuses or leaves undone. */
@Timeout(20)
class RulesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CREATED   | RUNNING ABORTING NULL
            RUNNING   | PAUSED READY WAITING ABORTING
            PAUSED    | RUNNING
            READY     | STANDBY WAITING ABORTING
            STANDBY   | READY
            WAITING   | PENDING ABORTING
            PENDING   | ABORTING CONCLUDED
            ABORTING  | CONCLUDED
            CONCLUDED | NULL
            NULL      | ''
            """)
    void aJobTakesTheseStepsAndNoOthers(JobStatus status, String next) {
        assertEquals(next, Arrays.stream(JobStatus.values()).filter(status::mayBecome)
                .map(JobStatus::name).collect(Collectors.joining(" ")));
    }

    @ParameterizedTest
    @CsvSource({
        "REPORT, EIO, REPORT", "REPORT, ENOSPC, REPORT",
        "IGNORE, EIO, IGNORE", "IGNORE, ENOSPC, IGNORE",
        "STOP, EIO, STOP", "STOP, ENOSPC, STOP",
        "ENOSPC, EIO, REPORT", "ENOSPC, ENOSPC, STOP",
        "AUTO, EIO, REPORT", "AUTO, ENOSPC, STOP"})
    void anErrorPolicyTellsAFullDeviceFromOthers(ErrorPolicy policy, Errno errno,
            ErrorAction action) {
        assertEquals(action, policy.on(errno));
    }

    @Test
    void theLastErrorHasQmpsWord() {
        assertEquals("ok failed nospace", Arrays.stream(JobInfo.IoStatus.values())
                .map(JobInfo.IoStatus::word).collect(Collectors.joining(" ")));
    }

    @Test
    void aJobIsOverWhenItIsConcludedOrGone() {
        assertEquals(EnumSet.of(JobStatus.CONCLUDED, JobStatus.NULL), Job.over());
    }

    @Test
    void aSpeedIsShownAndOneBelowZeroRefused() throws Exception {
        ScriptedJob job = ScriptedJob.of(true, true);
        job.setSpeed(7);
        assertEquals(7, job.info().speed());

        BlockException refusal = assertThrows(BlockException.class, () -> job.setSpeed(-1));
        assertEquals(Errno.EINVAL, refusal.errno());
        assertEquals(7, job.info().speed());
    }

    @Test
    void aPendingJobThatIsCancelledDoesNotPrepare() throws Exception {
        ScriptedJob job = ScriptedJob.of(false, false);
        job.preparation = prepared -> {
            throw new BlockException(Errno.EIO, "prepared");
        };
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            job.start(new Jobs(), threads);
            job.await(EnumSet.of(JobStatus.PENDING));
            job.cancel(true);
        }

        assertEquals(JobStatus.CONCLUDED, job.info().status());
        assertEquals(Errno.ECANCELED.text(), job.info().error());
        assertEquals("created running waiting pending PENDING aborting CANCELLED concluded",
                String.join(" ", job.events));
    }
}

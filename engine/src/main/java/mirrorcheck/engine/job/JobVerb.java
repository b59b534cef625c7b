// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import static mirrorcheck.engine.job.JobStatus.CONCLUDED;
import static mirrorcheck.engine.job.JobStatus.CREATED;
import static mirrorcheck.engine.job.JobStatus.PAUSED;
import static mirrorcheck.engine.job.JobStatus.PENDING;
import static mirrorcheck.engine.job.JobStatus.READY;
import static mirrorcheck.engine.job.JobStatus.RUNNING;
import static mirrorcheck.engine.job.JobStatus.STANDBY;
import static mirrorcheck.engine.job.JobStatus.WAITING;

import java.util.Locale;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;

/** What may be asked of a job (QMP JobVerb), with the states in which it may be asked. */
public enum JobVerb {
    CANCEL(CREATED, RUNNING, PAUSED, READY, STANDBY, WAITING, PENDING),
    PAUSE(CREATED, RUNNING, PAUSED, READY, STANDBY),
    SET_SPEED(CREATED, RUNNING, PAUSED, READY, STANDBY),
    COMPLETE(READY, STANDBY),
    FINALIZE(PENDING),
    DISMISS(CONCLUDED),
    CHANGE(CREATED, RUNNING, PAUSED, READY, STANDBY);

    private final Set<JobStatus> states;

    JobVerb(JobStatus... states) {
        this.states = Set.of(states);
    }

    /** The word in QMP's messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Refuses the verb in a state that does not take it, with the text a client of QMP reads (rule
     * JOB-2).
     */
    public void check(String jobId, JobStatus status) throws BlockException {
        if (!states.contains(status)) {
            throw BlockException.refused("Job '" + jobId + "' in state '" + status.word()
                    + "' cannot accept command verb '" + word() + "'");
        }
    }
}

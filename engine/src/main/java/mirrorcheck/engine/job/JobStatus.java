// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a job is in its life (QMP JobStatus), with the states that may follow. */
public enum JobStatus {
    /** The job exists and has not begun. */
    CREATED,
    /** At work, nothing promised yet. */
    RUNNING,
    /** Paused before READY. */
    PAUSED,
    /**
     * Source and target are the same, or as near as the guest's writes let them be; waiting for the
     * user.
     */
    READY,
    /** Paused after READY. */
    STANDBY,
    /** The work is done; waiting for other jobs of a transaction. Passed at once here. */
    WAITING,
    /** Waiting for job-finalize; passed at once with auto-finalize. */
    PENDING,
    /** Failed or cancelled, cleaning up. */
    ABORTING,
    /** Over; its result can be queried until it is dismissed. */
    CONCLUDED,
    /** Dismissed: no query shows the job any more. */
    NULL;

    private Set<JobStatus> next;

    static {
        CREATED.next = EnumSet.of(RUNNING, ABORTING, NULL);
        RUNNING.next = EnumSet.of(PAUSED, READY, WAITING, ABORTING);
        PAUSED.next = EnumSet.of(RUNNING);
        READY.next = EnumSet.of(STANDBY, WAITING, ABORTING);
        STANDBY.next = EnumSet.of(READY);
        WAITING.next = EnumSet.of(PENDING, ABORTING);
        PENDING.next = EnumSet.of(ABORTING, CONCLUDED);
        ABORTING.next = EnumSet.of(CONCLUDED);
        CONCLUDED.next = EnumSet.of(NULL);
        NULL.next = EnumSet.noneOf(JobStatus.class);
    }

    /** Whether the table of transitions has this step. */
    public boolean mayBecome(JobStatus status) {
        return next.contains(status);
    }

    /** Whether the job no longer works and cannot again. */
    public boolean isOver() {
        return this == CONCLUDED || this == NULL;
    }

    /** The word in QMP. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

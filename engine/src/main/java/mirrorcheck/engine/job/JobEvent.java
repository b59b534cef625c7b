// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

/**
 * What a job tells the world, in the order in which it happens (QMP events).
 *
 * <p>Listeners are called with the job's lock held: they must not block and must not call the job.
 */
public sealed interface JobEvent {
    /** The job's id. */
    String id();

    /** JOB_STATUS_CHANGE. */
    record StatusChange(String id, JobStatus status) implements JobEvent {
    }

    /** BLOCK_JOB_READY: from now on complete is taken. */
    record Ready(String id, Progress progress, long speed) implements JobEvent {
    }

    /** BLOCK_JOB_PENDING: waits for finalize; only without auto-finalize. */
    record Pending(String id) implements JobEvent {
    }

    /** BLOCK_JOB_COMPLETED: the work ended by itself; {@code error} is null on success. */
    record Completed(String id, Progress progress, long speed, String error) implements JobEvent {
    }

    /** BLOCK_JOB_CANCELLED: the user ended it. */
    record Cancelled(String id, Progress progress, long speed) implements JobEvent {
    }

    /** BLOCK_JOB_ERROR: one request failed; what the policy made of it. */
    record Error(String id, Operation operation, ErrorAction action) implements JobEvent {
    }

    /** Which end of the copy failed: {@code READ} is the source, {@code WRITE} the target. */
    enum Operation {
        READ, WRITE
    }

    /**
     * How far a job is, in bytes.
     *
     * @param len    all the work known so far; grows with the guest's writes
     * @param offset the part done; at most {@code len}; equal at READY, but for what guests have in
     *               flight to both ends at that moment, and at the end
     */
    record Progress(long len, long offset) {
    }
}

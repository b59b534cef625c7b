// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import java.util.Locale;

/**
 * What a query says of a job (QMP BlockJobInfo, JobInfo).
 *
 * @param busy           the job is at work right now, not waiting
 * @param paused         a pause is wanted or reached, or the job waits for its end
 * @param ready          READY was reached
 * @param activelySynced every acknowledged guest write is already in the target
 * @param error          why it failed, or null
 */
public record JobInfo(String id, JobStatus status, JobEvent.Progress progress, boolean busy,
        boolean paused, long speed,
        IoStatus ioStatus, boolean ready, boolean autoFinalize, boolean autoDismiss,
        boolean activelySynced,
        String error) {
    /** The last error that stopped the job, until it is resumed (QMP BlockDeviceIoStatus). */
    public enum IoStatus {
        OK, FAILED, NOSPACE;

        /** The word in QMP. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

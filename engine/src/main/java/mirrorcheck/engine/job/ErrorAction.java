// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

/** What becomes of a job whose request failed (QMP BlockErrorAction). */
public enum ErrorAction {
    /** The job fails with this error. */
    REPORT,
    /** The request is tried again; the job goes on. */
    IGNORE,
    /** The job pauses until the user resumes it; then the request is tried again. */
    STOP
}

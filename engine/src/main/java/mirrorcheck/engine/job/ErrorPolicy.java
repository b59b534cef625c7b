// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import mirrorcheck.engine.host.Errno;

/** What the user wants done about failing requests (QMP BlockdevOnError). */
public enum ErrorPolicy {
    REPORT,
    IGNORE,
    /** Stop on a full device, report anything else. */
    ENOSPC,
    STOP,
    /** As {@link #ENOSPC}. */
    AUTO;

    /** The action for a request that failed with {@code errno} (rule ERROR-1). */
    public ErrorAction on(Errno errno) {
        return switch (this) {
            case REPORT -> ErrorAction.REPORT;
            case IGNORE -> ErrorAction.IGNORE;
            case STOP -> ErrorAction.STOP;
            case ENOSPC, AUTO -> errno == Errno.ENOSPC ? ErrorAction.STOP : ErrorAction.REPORT;
        };
    }
}

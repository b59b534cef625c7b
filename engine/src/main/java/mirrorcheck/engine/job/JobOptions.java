// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.job;

import java.util.regex.Pattern;
import mirrorcheck.engine.block.BlockException;

/**
 * What every job is given.
 *
 * @param id           a letter, then letters, digits, {@code -._}; unique among the jobs that are
 *         not yet dismissed
 * @param speed        bytes a second, 0 for no limit
 * @param autoFinalize whether the job ends without job-finalize
 * @param autoDismiss  whether it vanishes without job-dismiss
 */
public record JobOptions(String id, long speed, boolean autoFinalize, boolean autoDismiss) {
    private static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");

    /** Refuses an id that is ill-formed, with the text a client of QMP reads. */
    public static void checkId(String id) throws BlockException {
        if (!ID.matcher(id).matches()) {
            throw BlockException.refused("Invalid job ID '" + id + "'");
        }
    }

    /** Refuses a speed below 0. */
    public static void checkSpeed(long speed) throws BlockException {
        if (speed < 0) {
            throw BlockException.refused("Parameter 'speed' expects a non-negative value");
        }
    }
}

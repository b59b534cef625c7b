// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.dsl;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The legal lives of a job, as a client sees them in its events. The table is that of QEMU's
 * documentation of job states; it is the judge's own, not the reference engine's.
 */
final class LifeCycle {
    private static final String STATUS = "JOB_STATUS_CHANGE status=";
    private static final Pattern COUNTERS = Pattern.compile(".* len=([0-9]+) offset=([0-9]+) .*");
    private static final Map<String, Set<String>> NEXT = Map.of(
            "created", Set.of("running", "paused", "aborting", "null"),
            "running", Set.of("paused", "ready", "waiting", "aborting"),
            "paused", Set.of("running"),
            "ready", Set.of("standby", "waiting", "aborting"),
            "standby", Set.of("ready"),
            "waiting", Set.of("pending", "aborting"),
            "pending", Set.of("aborting", "concluded"),
            "aborting", Set.of("aborting", "concluded"),
            "concluded", Set.of("null"),
            "null", Set.of());

    private LifeCycle() {
    }

    /** The first thing that is not legal in these events; null if all is well. */
    static String mistake(List<String> events) {
        String status = "";
        int ready = 0;
        for (String event : events) {
            if (event.startsWith(STATUS)) {
                String next = event.substring(STATUS.length());
                boolean legal = status.isEmpty() ? next.equals("created")
                        : NEXT.getOrDefault(status, Set.of()).contains(next);
                if (!legal) {
                    return "goes from " + (status.isEmpty() ? "nothing" : status) + " to " + next;
                }
                status = next;
            } else if (event.startsWith("BLOCK_JOB_READY") && ++ready > 1) {
                return "ready more than once";
            }
            Matcher counters = COUNTERS.matcher(event + " ");
            if (counters.matches() && Long.parseLong(counters.group(2))
                    > Long.parseLong(counters.group(1))) {
                return "did more than there was to do: " + event;
            }
        }
        return null;
    }
}

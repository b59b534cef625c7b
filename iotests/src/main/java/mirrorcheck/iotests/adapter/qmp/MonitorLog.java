// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The last that was said on a monitor, for a reader who wants to know why a test hung or a daemon
 * died. A question that is asked again and again with the same answer, as a script does that waits,
 * is kept once and counted. Safe for use from any thread.
 */
final class MonitorLog {
    /** Enough for the whole life of a mirror, little enough to be read. */
    private static final int KEPT = 400;

    private final Deque<String> lines = new ArrayDeque<>();
    private String question = "";
    private String answer = "";
    private long again;

    /** A command is sent. */
    synchronized void sent(String name, Map<String, ?> arguments) {
        String said = "-> " + name + (arguments.isEmpty() ? "" : " " + new TreeMap<>(arguments));
        if (said.equals(question) && !answer.isEmpty()) {
            again++;
            return;
        }
        repeated();
        question = said;
        answer = "";
        keep(said);
    }

    /** A greeting, a reply or an event has come. */
    synchronized void received(JsonNode object) {
        String said = "<- " + object.path("event").asString(
                object.path("return").isMissingNode() ? object.toString()
                : object.path("return").toString());
        if (object.has("event")) {
            said += " " + object.path("data");
        } else if (said.equals(answer)) {
            return;
        }
        repeated();
        if (!object.has("event")) {
            answer = said;
        }
        keep(said);
    }

    private void repeated() {
        if (again > 0) {
            keep("   and " + again + " times more: " + question.substring("-> ".length()));
            again = 0;
        }
    }

    private void keep(String line) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.add(line);
    }

    /** The last lines, oldest first: {@code ->} what the suite sent, {@code <-} what came. */
    @Override
    public synchronized String toString() {
        repeated();
        return String.join("\n", lines) + "\n";
    }
}

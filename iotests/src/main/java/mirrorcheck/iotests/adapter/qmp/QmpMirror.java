// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mirrorcheck.iotests.adapter.MirrorHandle;
import tools.jackson.databind.JsonNode;

/** A job of a daemon, followed by its events. Safe for use from any thread. */
final class QmpMirror implements MirrorHandle {
    private static final Set<String> OVER = Set.of("concluded", "null");

    private final QmpSession session;
    private final String id;
    private final Set<String> nodes;
    private final List<String> events = new ArrayList<>();
    private String status = "undefined";
    private Map<String, Object> last = new TreeMap<>();

    /**
     * A job about to be created.
     *
     * @param nodes the nodes on which it may keep its dirty bitmap
     */
    QmpMirror(QmpSession session, String id, Set<String> nodes) {
        this.session = session;
        this.id = id;
        this.nodes = nodes;
    }

    @Override
    public String id() {
        return id;
    }

    /** Takes note of an event of this job; called by the monitor's reader. */
    synchronized void happened(String name, JsonNode data) {
        TreeMap<String, Object> facts = new TreeMap<>();
        data.properties().forEach(member -> facts.put(member.getKey(), plain(member.getValue())));
        if (name.equals("JOB_STATUS_CHANGE")) {
            status = (String) facts.get("status");
        } else if (facts.containsKey("len")) {
            last = new TreeMap<>(facts);
            if (name.equals("BLOCK_JOB_CANCELLED")) {
                // The event has no text; this is what a query says of such a job.
                last.put("error", "Operation canceled");
            }
        }
        facts.keySet().removeAll(Set.of("id", "device", "type"));
        StringBuilder line = new StringBuilder(name);
        facts.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
        events.add(line.toString());
        notifyAll();
    }

    /** Wakes whoever waits, because the daemon is gone. */
    synchronized void daemonGone() {
        notifyAll();
    }

    /** Asks the daemon, unless it said that the job is no more. */
    @Override
    public Map<String, Object> query() throws IOException {
        if (isNull()) {
            return atEnd();
        }
        for (JsonNode job : session.command("query-block-jobs", Map.of())) {
            if (job.path("device").asString("").equals(id)) {
                Map<String, Object> facts = new TreeMap<>();
                job.properties().forEach(member ->
                        facts.put(member.getKey(), plain(member.getValue())));
                return facts;
            }
        }
        return atEnd();
    }

    private synchronized boolean isNull() {
        return status.equals("null");
    }

    private synchronized Map<String, Object> atEnd() {
        Map<String, Object> facts = new TreeMap<>(Map.of("status", "null", "len", 0L,
                "offset", 0L, "ready", false, "paused", false, "busy", false));
        facts.putAll(last);
        return facts;
    }

    /**
     * The job counts what a guest wrote when its loop comes around; the bitmap that it keeps on a
     * node has it at once. What both know of is counted twice, which only matters as long as it is
     * more than nothing.
     */
    @Override
    public long outstanding() throws IOException {
        long dirty = 0;
        for (JsonNode node : session.command("query-named-block-nodes", Map.of("flat", true))) {
            if (nodes.contains(node.path("node-name").asString(""))) {
                for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                    dirty += bitmap.path("count").asLong(0);
                }
            }
        }
        return dirty + MirrorHandle.super.outstanding();
    }

    @Override
    public String awaitStatus(Set<String> statuses) throws IOException {
        synchronized (this) {
            try {
                while (!statuses.contains(status) && !OVER.contains(status)) {
                    session.checkAlive();
                    wait();
                }
                return status;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("job '" + id
                        + "': interrupted while "
                        + "it was " + status + ", waiting for " + statuses).initCause(e);
            }
        }
    }

    @Override
    public void verb(String verb, Map<String, Object> arguments) throws IOException {
        Map<String, Object> all = new HashMap<>(arguments);
        switch (verb) {
            case "cancel", "set-speed" -> {
                all.put("device", id);
                session.command("block-job-" + verb, all);
            }
            case "change" -> {
                all.putAll(Map.of("id", id, "type", "mirror"));
                session.command("block-job-change", all);
            }
            case "complete", "pause", "resume", "finalize", "dismiss" -> {
                all.put("id", id);
                session.command("job-" + verb, all);
            }
            default -> throw new IllegalArgumentException("verb '" + verb
                    + "': not a verb of a job");
        }
    }

    @Override
    public synchronized List<String> events() {
        return List.copyOf(events);
    }

    private static Object plain(JsonNode value) {
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        return value.isIntegralNumber() ? (Object) value.asLong() : value.asString("");
    }
}

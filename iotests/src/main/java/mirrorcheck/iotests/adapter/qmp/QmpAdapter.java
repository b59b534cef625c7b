// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.adapter.qmp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import mirrorcheck.iotests.adapter.Adapter;
import mirrorcheck.iotests.adapter.Capability;
import mirrorcheck.iotests.adapter.Session;
import org.apache.commons.io.file.PathUtils;
import tools.jackson.databind.JsonNode;

/**
 * Any daemon that speaks QMP and serves NBD, {@code qemu-storage-daemon} first. What it can do is
 * asked of the daemon, not of its version.
 */
public final class QmpAdapter implements Adapter {
    private final String name;
    private final DaemonSettings settings;
    private final Set<Capability> capabilities;

    /**
     * Starts the daemon once and asks what it has.
     *
     * @throws IOException if it does not start or does not know {@code blockdev-mirror}
     */
    public QmpAdapter(String name, DaemonSettings settings) throws IOException {
        this.name = name;
        this.settings = settings;
        try (QmpSession session = start(null, () -> { })) {
            Set<Capability> found = ask(session);
            found.addAll(settings.claims());
            found.removeAll(settings.without());
            this.capabilities = found;
        }
    }

    private QmpSession start(Path scratch, Runnable progress) throws IOException {
        Path directory = Files.createTempDirectory("mirrorcheck-");
        try {
            return new QmpSession(settings, directory, scratch, progress);
        } catch (IOException e) {
            PathUtils.deleteDirectory(directory);
            throw new IOException(settings.argv().getFirst() + ": " + e.getMessage(), e);
        }
    }

    private static Set<Capability> ask(QmpSession session) throws IOException {
        Map<String, JsonNode> schema = new HashMap<>();
        session.command("query-qmp-schema", Map.of())
                .forEach(entry -> schema.put(entry.path("name").asString(""), entry));
        JsonNode mirror = schema.get("blockdev-mirror");
        if (mirror == null) {
            throw new IOException("daemon: does not know blockdev-mirror");
        }
        Set<Capability> found = EnumSet.of(Capability.COPY, Capability.SPARSE, Capability.JOB,
                Capability.GUEST, Capability.SYNC, Capability.WRITE_BLOCKING,
                Capability.ZERO_OPTIONS, Capability.REQUESTS, Capability.GATES, Capability.COMPAT,
                Capability.CREATE, Capability.CONCURRENT);
        if (canOpen(session, "qcow2")) {
            found.add(Capability.QCOW2);
        }
        if (schema.containsKey("block-job-change")) {
            found.add(Capability.CHANGE);
        }
        for (JsonNode member : schema.get(mirror.path("arg-type").asString("")).path("members")) {
            if (member.path("name").asString("").equals("target-is-zero")) {
                found.add(Capability.TARGET_IS_ZERO);
            }
        }
        return found;
    }

    /** Whether a variant of the options of blockdev-add is that of a driver. */
    private static boolean canOpen(QmpSession session, String driver) throws IOException {
        for (JsonNode entry : session.command("query-qmp-schema", Map.of())) {
            if (entry.path("tag").asString("").equals("driver")) {
                for (JsonNode variant : entry.path("variants")) {
                    if (variant.path("case").asString("").equals(driver)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.copyOf(capabilities);
    }

    /** The command that starts the daemon, for people. */
    @Override
    public String toString() {
        return String.join(" ", settings.argv());
    }

    @Override
    public Session open(Path scratch, Runnable progress) throws IOException {
        return start(scratch, progress);
    }
}

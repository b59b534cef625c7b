// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mirrorcheck.engine.driver.Driver;
import mirrorcheck.engine.qmp.schema.Check;
import mirrorcheck.engine.qmp.schema.Type.Alternate;
import mirrorcheck.engine.qmp.schema.Type.Member;
import mirrorcheck.engine.qmp.schema.Type.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code query-qmp-schema} says is all there is, and is true. */
@Timeout(60)
class SchemaTest {
    @TempDir
    Path directory;

    private MonitorFixture fixture() {
        return new MonitorFixture(directory, "--blockdev", "null-co,node-name=src,size=1048576",
                "--blockdev", "null-co,node-name=dst,size=1048576",
                "--nbd-server", "addr.type=unix,addr.path=" + directory.resolve("nbd.sock"),
                "--export", "nbd,id=e,node-name=src");
    }

    private static Map<String, Map<?, ?>> schema(MonitorClient client) throws Exception {
        Map<String, Map<?, ?>> entries = new HashMap<>();
        for (Object entry : (List<?>) client.query("query-qmp-schema")) {
            Map<?, ?> before = entries.put((String) ((Map<?, ?>) entry).get("name"),
                    (Map<?, ?>) entry);
            assertEquals(null, before, "two entries of one name");
        }
        return entries;
    }

    @Test
    void everyTypeThatIsNamedIsThere() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            Map<String, Map<?, ?>> schema = schema(fixture.client());
            Set<String> used = new HashSet<>();
            schema.values().forEach(entry -> collect(entry, used));
            for (String name : used) {
                assertTrue(schema.containsKey(name), () -> "type " + name);
            }
            assertTrue(used.size() > 50, () -> used.size() + " types");
        }
    }

    private static void collect(Object value, Set<String> used) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> {
                if (Set.of("type", "arg-type", "ret-type", "element-type").contains(key)) {
                    used.add((String) inner);
                }
                collect(inner, used);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(inner -> collect(inner, used));
        }
    }

    @Test
    void itHasTheCommandsThatThereAre() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = fixture.client();
            Map<String, Map<?, ?>> schema = schema(client);
            Set<Object> listed = new HashSet<>();
            for (Object each : (List<?>) client.query("query-commands")) {
                listed.add(((Map<?, ?>) each).get("name"));
            }
            Set<Object> described = new HashSet<>(schema.keySet());
            described.removeIf(name -> !schema.get(name).get("meta-type").equals("command"));
            assertEquals(described, listed);
            assertEquals(List.of("deprecated"),
                    schema.get("block-job-pause").get("features"));
            assertFalse(schema.get("job-pause").containsKey("features"));
        }
    }

    @Test
    void clientsFindTheMembersTheyProbeFor() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            Map<String, Map<?, ?>> schema = schema(fixture.client());
            Map<?, ?> mirror = schema.get(schema.get("blockdev-mirror").get("arg-type"));
            List<?> names = ((List<?>) mirror.get("members")).stream()
                    .map(each -> ((Map<?, ?>) each).get("name")).toList();
            assertTrue(names.containsAll(List.of("target-is-zero", "copy-mode")));
            Map<?, ?> add = schema.get(schema.get("blockdev-add").get("arg-type"));
            assertEquals("driver", add.get("tag"));
            assertEquals(NodeTypes.DRIVER.values(), ((List<?>) add.get("variants")).stream()
                    .map(each -> ((Map<?, ?>) each).get("case")).toList());
            assertTrue(schema.keySet().containsAll(JobTypes.EVENTS.keySet()));
        }
    }

    @Test
    void driversHaveTheirOptionsAndChildrenInIt() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            Map<String, List<String>> childMembers = new HashMap<>();
            for (Driver driver : fixture.daemon.drivers().drivers()) {
                childMembers.put(driver.name(), driver.childMembers());
            }
            assertEquals(Set.copyOf(NodeTypes.DRIVER.values()), childMembers.keySet());
            childMembers.forEach((driver, members) -> assertEquals(members,
                    NodeTypes.OPTIONS.variants().get(driver).members().stream()
                            .filter(member -> member.type() instanceof Alternate)
                            .map(Member::name).toList(), driver));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"query-version", "query-commands", "query-named-block-nodes",
        "query-jobs", "query-block-jobs", "query-block-exports", "query-blockstats"})
    void repliesAreOfTheirTypes(String query) throws Exception {
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = fixture.client();
            client.query("blockdev-mirror", "job-id", "j", "device", "src", "target", "dst",
                    "sync", "full", "auto-dismiss", false);
            client.eventsUntil("BLOCK_JOB_READY");
            Object reply = query.equals("query-blockstats")
                    ? client.query(query, "query-nodes", true) : client.query(query);
            Struct holder = Struct.of("reply",
                    Member.required("return", fixture.daemon.commands().get(query).result()));
            Check.object(holder, Map.of("return", reply), Check.Input.JSON);
            assertFalse(reply instanceof List<?> list && list.isEmpty(), "nothing to look at");
        }
    }

    @Test
    void eventsAreOfTheirTypes() throws Exception {
        try (MonitorFixture fixture = fixture()) {
            MonitorClient client = fixture.client();
            client.query("block-export-del", "id", "e");
            client.run("blockdev-mirror", "job-id", "j", "device", "src", "target", "dst", "sync",
                    "full", "auto-finalize", false);
            Set<String> seen = new HashSet<>();
            while (!seen.contains("BLOCK_JOB_COMPLETED")) {
                Map<String, Object> event = client.next();
                String name = (String) event.get("event");
                if (name == null) {
                    continue;
                }
                seen.add(name);
                Map<String, Object> data = new HashMap<>();
                ((Map<?, ?>) event.get("data")).forEach((key, value) ->
                        data.put((String) key, value));
                Check.object(JobTypes.EVENTS.get(name), data, Check.Input.JSON);
                if (name.equals("BLOCK_JOB_READY")) {
                    client.send("{'execute':'job-complete','arguments':{'id':'j'}}");
                } else if (name.equals("BLOCK_JOB_PENDING")) {
                    client.send("{'execute':'job-finalize','arguments':{'id':'j'}}");
                }
            }
            assertTrue(seen.containsAll(Set.of("JOB_STATUS_CHANGE", "BLOCK_JOB_READY",
                    "BLOCK_JOB_PENDING")), seen::toString);
        }
    }
}

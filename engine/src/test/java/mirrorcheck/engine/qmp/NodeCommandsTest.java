// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.qmp.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes with children of their own, other options and sizes, exports and throttle groups. */
@Timeout(60)
class NodeCommandsTest {
    private static final long SIZE = 1 << 20;

    @TempDir
    Path directory;

    private MonitorFixture fixture;
    private MonitorClient client;

    @BeforeEach
    void start() throws Exception {
        fixture = new MonitorFixture(directory);
        client = fixture.client();
    }

    @AfterEach
    void end() throws Exception {
        fixture.close();
    }

    private String file(String name) throws Exception {
        return fixture.image(name, SIZE);
    }

    private void addRaw(String name) throws Exception {
        client.query("blockdev-add", "driver", "raw", "node-name", name, "discard", "unmap",
                "file", Map.of("driver", "file", "node-name", name + "-file", "filename",
                        file(name)));
    }

    private static String refused(String text) {
        return "GenericError: " + text;
    }

    @Test
    void aChildThatWasDescribedComesAndGoesWithItsParent() throws Exception {
        addRaw("r");
        assertEquals(refused("Node r-file is not owned by the monitor"),
                client.run("blockdev-del", "node-name", "r-file"));
        assertEquals(refused("Need a root block node"), client.run("blockdev-mirror", "job-id",
                "j", "device", "r-file", "target", "r", "sync", "full"));
        assertEquals("{}", client.run("blockdev-del", "node-name", "r"));
        assertEquals(refused("Failed to find node with node-name='r-file'"),
                client.run("blockdev-del", "node-name", "r-file"));
        assertEquals(List.of(), client.query("query-named-block-nodes"));
        addRaw("r");
    }

    @Test
    void whatCannotBeOpenedLeavesNothingBehind() throws Exception {
        assertEquals(refused("Throttle group 'g' does not exist"), client.run("blockdev-add",
                "driver", "throttle", "node-name", "t", "throttle-group", "g", "file",
                Map.of("driver", "null-co", "node-name", "n")));
        assertEquals(refused("Duplicate nodes with node-name='t'"), client.run("blockdev-add",
                "driver", "raw", "node-name", "t", "file", Map.of("driver", "null-co",
                        "node-name", "t")));
        assertEquals(List.of(), client.query("query-named-block-nodes"));
    }

    @Test
    void aThrottleGroupStaysWhileItHasMembers() throws Exception {
        client.query("object-add", "qom-type", "throttle-group", "id", "g", "limits",
                Map.of("iops-total", 1000L));
        client.query("blockdev-add", "driver", "throttle", "node-name", "t", "throttle-group",
                "g", "file", Map.of("driver", "null-co"));
        assertEquals(refused("Cannot delete throttle group 'g' with active references"),
                client.run("object-del", "id", "g"));
        client.query("blockdev-del", "node-name", "t");
        assertEquals("{}", client.run("object-del", "id", "g"));
        assertEquals(refused("object 'g' not found"), client.run("object-del", "id", "g"));
    }

    @Test
    void reopenChangesWhatIsAskedForOfAllNodesOrOfNone() throws Exception {
        addRaw("r");
        addRaw("s");
        Map<String, Object> r = Map.of("driver", "raw", "node-name", "r", "file", "r-file",
                "discard", "unmap", "detect-zeroes", "unmap");
        Map<String, Object> bad = Map.of("driver", "raw", "node-name", "s", "file", "s-file",
                "detect-zeroes", "unmap");
        assertEquals(refused("setting detect-zeroes to unmap is not allowed without setting "
                + "discard operation to unmap"),
                client.run("blockdev-reopen", "options", List.of(r, bad)));
        assertEquals("off", node("r").get("detect_zeroes"));
        assertEquals("{}", client.run("blockdev-reopen", "options", List.of(r)));
        assertEquals("unmap", node("r").get("detect_zeroes"));
        assertEquals("{}", client.run("blockdev-reopen", "options", List.of()));
    }

    @Test
    void reopenDoesNotChangeWhatANodeIsMadeOf() throws Exception {
        addRaw("r");
        client.query("blockdev-add", "driver", "file", "node-name", "f", "filename", file("f"));
        assertEquals(refused("Cannot change the option 'filename'"), reopen("driver", "file",
                "node-name", "f", "filename", file("g")));
        assertEquals(refused("Cannot change the option 'file'"), reopen("driver", "raw",
                "node-name", "r", "file", "f"));
        assertEquals(refused("Failed to find node with node-name='x'"), reopen("driver", "raw",
                "node-name", "x", "file", "f"));
        assertEquals(refused("node-name not specified"), reopen("driver", "raw", "file", "f"));
    }

    private String reopen(Object... options) throws Exception {
        return client.run("blockdev-reopen", "options",
                List.of(JsonObject.of(options)));
    }

    private Map<?, ?> node(String name) throws Exception {
        return ((List<?>) client.query("query-named-block-nodes")).stream()
                .map(each -> (Map<?, ?>) each)
                .filter(each -> name.equals(each.get("node-name"))).findFirst().orElseThrow();
    }

    @Test
    void aNodeGrowsUnlessSomebodyUsesIt() throws Exception {
        addRaw("r");
        assertEquals("{}", client.run("block_resize", "node-name", "r", "size", 2 * SIZE));
        assertEquals(2 * SIZE, Files.size(directory.resolve("r")));
        assertEquals(2 * SIZE, ((Map<?, ?>) node("r").get("image")).get("virtual-size"));
        startServer();
        client.query("block-export-add", "type", "nbd", "id", "e", "node-name", "r");
        assertTrue(client.run("block_resize", "node-name", "r", "size", SIZE)
                .startsWith(refused("Permission conflict on node 'r': permissions 'resize'")));
    }

    private void startServer() throws Exception {
        client.query("nbd-server-start", "addr", Map.of("type", "unix", "data",
                Map.of("path", directory.resolve("nbd.sock").toString())));
    }

    @Test
    void anExportMovesWithItsDisk() throws Exception {
        addRaw("src");
        addRaw("dst");
        startServer();
        client.query("block-export-add", "type", "nbd", "id", "e", "node-name", "src", "writable",
                true);
        client.run("blockdev-mirror", "job-id", "j", "device", "src", "target", "dst", "sync",
                "full", "filter-node-name", "top");
        client.eventsUntil("BLOCK_JOB_READY");
        assertEquals("top", exported());
        assertEquals(List.of(Map.of("child", "backing", "node-name", "src")),
                node("top").get("children"));
        for (String name : List.of("src", "dst", "top")) {
            assertTrue(client.run("block_resize", "node-name", name, "size", SIZE).endsWith(
                    "is busy: block device is in use by block job: mirror"), name);
        }
        client.run("job-complete", "id", "j");
        client.eventsUntil("null");
        assertEquals("dst", exported());
        assertEquals("{}", client.run("blockdev-del", "node-name", "src"));
        assertEquals(refused("Node dst is in use"),
                client.run("blockdev-del", "node-name", "dst"));
        assertEquals(List.of("BLOCK_EXPORT_DELETED", "<reply>"),
                client.trace("{'execute':'nbd-server-stop'}", 0));
        assertEquals("{}", client.run("blockdev-del", "node-name", "dst"));
    }

    @Test
    void aChangeAroundAnIdleJobShowsAsAMomentInStandby() throws Exception {
        addRaw("src");
        addRaw("dst");
        startServer();
        client.run("blockdev-mirror", "job-id", "j", "device", "src", "target", "dst", "sync",
                "full", "filter-node-name", "top");
        client.eventsUntil("BLOCK_JOB_READY");
        String add = "{'execute':'block-export-add','arguments':{'type':'nbd','id':'e',";
        String conflict = refused("Permission conflict on node 'dst': permissions "
                + "'consistent read, write' are both required by an unnamed block device (uses "
                + "node 'dst' as 'root' child) and unshared by an unnamed block device (uses node "
                + "'dst' as 'root' child).");
        assertEquals(List.of("standby", "ready", conflict),
                client.trace(add + "'node-name':'dst','writable':true}}", 0));
        assertEquals(List.of("standby", "ready", "<reply>"),
                client.trace(add + "'node-name':'top'}}", 0));
        assertEquals(List.of(refused("Node dst is in use")), client.trace(
                "{'execute':'blockdev-del','arguments':{'node-name':'dst'}}", 0));
        assertEquals(List.of("standby", "<reply>"),
                client.trace("{'execute':'job-pause','arguments':{'id':'j'}}", 0));
        assertEquals(List.of("BLOCK_EXPORT_DELETED", "<reply>"), client.trace(
                "{'execute':'block-export-del','arguments':{'id':'e'}}", 0));
    }

    @Test
    void queriesTellWhatLiesBelowFiltersAndWhatAJobHasToCopy() throws Exception {
        addRaw("src");
        client.query("object-add", "qom-type", "throttle-group", "id", "g");
        client.query("blockdev-add", "driver", "throttle", "node-name", "dst", "throttle-group",
                "g", "file", Map.of("driver", "file", "node-name", "f", "filename", file("f")));
        client.run("blockdev-mirror", "job-id", "j", "device", "src", "target", "dst", "sync",
                "full", "filter-node-name", "top", "granularity", 131_072L);
        client.eventsUntil("BLOCK_JOB_READY");
        assertEquals(List.of("top", "dst", "f", "src", "src-file"),
                ((List<?>) client.query("query-named-block-nodes")).stream()
                        .map(each -> ((Map<?, ?>) each).get("node-name")).toList());
        assertEquals("json:{\"driver\": \"throttle\", \"throttle-group\": \"g\", \"file\": "
                + "{\"driver\": \"file\", \"filename\": \"" + directory.resolve("f") + "\"}}",
                node("dst").get("file"));
        assertEquals(1L, node("dst").get("backing_file_depth"));
        assertEquals(directory.resolve("f").toString(),
                ((Map<?, ?>) ((Map<?, ?>) node("dst").get("image")).get("backing-image"))
                        .get("filename"));
        assertEquals(directory.resolve("src").toString(), node("top").get("file"));
        Map<?, ?> bitmap = (Map<?, ?>) ((List<?>) node("top").get("dirty-bitmaps")).getFirst();
        assertEquals(131_072L, bitmap.get("granularity"));
        assertEquals(0L, bitmap.get("count"));
        assertEquals(0L, highestWrite("dst"));
        client.run("job-cancel", "id", "j");
        client.eventsUntil("null");
        client.query("blockdev-add", "driver", "blkdebug", "node-name", "debug", "image", "src");
        assertEquals("blkdebug::" + directory.resolve("src"), node("debug").get("file"));
    }

    private Object highestWrite(String name) throws Exception {
        return ((List<?>) client.query("query-blockstats", "query-nodes", true)).stream()
                .map(each -> (Map<?, ?>) each).filter(each -> name.equals(each.get("node-name")))
                .map(each -> ((Map<?, ?>) each.get("stats")).get("wr_highest_offset"))
                .findFirst().orElseThrow();
    }

    private Object exported() throws Exception {
        return ((Map<?, ?>) ((List<?>) client.query("query-block-exports")).getFirst())
                .get("node-name");
    }

    @Test
    void anErrorThatARuleInjectsStopsAMirrorUntilItIsResumed() throws Exception {
        addRaw("src");
        client.query("blockdev-add", "driver", "blkdebug", "node-name", "dst", "image",
                Map.of("driver", "null-co", "size", SIZE), "inject-error",
                List.of(Map.of("event", "none", "iotype", "write-zeroes", "errno", 28L, "once",
                        true)));
        client.run("blockdev-mirror", "job-id", "j", "device", "src", "target", "dst", "sync",
                "full", "on-target-error", "enospc");
        assertEquals(List.of("created", "running", "BLOCK_JOB_ERROR", "paused"),
                client.eventsUntil("paused"));
        Map<?, ?> job = (Map<?, ?>) ((List<?>) client.query("query-block-jobs")).getFirst();
        assertEquals("nospace", job.get("io-status"));
        client.run("job-resume", "id", "j");
        assertEquals(List.of("running", "ready", "BLOCK_JOB_READY"),
                client.eventsUntil("BLOCK_JOB_READY"));
    }
}

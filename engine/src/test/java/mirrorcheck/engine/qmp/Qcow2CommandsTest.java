// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images are created, opened with what they name, and mirrored to. */
@Timeout(60)
class Qcow2CommandsTest {
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

    private void addFile(String name) throws Exception {
        client.query("blockdev-add", "driver", "file", "node-name", name, "filename",
                fixture.image(name, 0));
    }

    /** Creates an image on a node; answers the error of the job, or null. */
    private Object create(Object... options) throws Exception {
        Map<String, Object> all = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            all.put((String) options[i], options[i + 1]);
        }
        all.put("driver", "qcow2");
        client.query("blockdev-create", "job-id", "c", "options", all);
        client.event(event -> event.toString().contains("concluded"));
        @SuppressWarnings("unchecked")
        Map<String, Object> job =
                ((List<Map<String, Object>>) client.query("query-jobs")).getFirst();
        client.query("job-dismiss", "id", "c");
        return job.get("error");
    }

    private Map<String, Object> node(String name) throws Exception {
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> nodes =
                (List<Map<String, Object>>) client.query("query-named-block-nodes");
        return nodes.stream().filter(each -> name.equals(each.get("node-name"))).findFirst()
                .orElseThrow();
    }

    @Test
    void anImageIsCreatedAndOpened() throws Exception {
        addFile("f");
        assertEquals(null, create("file", "f", "size", 1L << 20));
        assertEquals("{}", client.run("blockdev-add", "driver", "qcow2", "node-name", "q", "file",
                "f"));
        assertEquals("qcow2", node("q").get("drv"));
        assertEquals(0L, node("q").get("backing_file_depth"));
        assertEquals("{}", client.run("block_resize", "node-name", "q", "size", 2L << 20));
        assertEquals("{}", client.run("blockdev-del", "node-name", "q"));
    }

    @Test
    void theHeaderNamesTheBackingFileUnlessOptionsDo() throws Exception {
        addFile("base");
        assertEquals(null, create("file", "base", "size", 1L << 20));
        client.query("blockdev-del", "node-name", "base");
        addFile("top");
        assertEquals(null, create("file", "top", "size", 1L << 20, "backing-file", "base",
                "backing-fmt", "qcow2", "cluster-size", 4096L));
        client.query("blockdev-add", "driver", "qcow2", "node-name", "q", "file", "top");
        assertEquals(1L, node("q").get("backing_file_depth"));
        client.query("blockdev-del", "node-name", "q");
        client.query("blockdev-add", "driver", "qcow2", "node-name", "q", "file", "top",
                "backing", null);
        assertEquals(0L, node("q").get("backing_file_depth"));
    }

    @Test
    void whatCannotBeCreatedIsTheErrorOfTheJob() throws Exception {
        addFile("f");
        assertEquals("Cluster size must be a power of two between 512 and 2048k",
                create("file", "f", "size", 1L << 20, "cluster-size", 1000L));
        assertEquals("Cannot find device='g' nor node-name='g'",
                create("file", "g", "size", 1L << 20));
        assertEquals("data-file-raw requires data-file",
                create("file", "f", "size", 1L << 20, "data-file-raw", true));
        assertEquals("GenericError: Image is not in qcow2 format", client.run("blockdev-add",
                "driver", "qcow2", "node-name", "q", "file", "f"));
    }
}

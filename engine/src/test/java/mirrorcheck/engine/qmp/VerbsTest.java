// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.Request;
import mirrorcheck.engine.driver.MemoryNode;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Asks every verb of a job in every state, over the monitor: reply, events, which of them come
 * before the reply, and the state afterwards are those of QEMU 11.1 (rules JOB-1, JOB-2).
 */
@Timeout(60)
class VerbsTest {
    private static final int SIZE = 20 << 20;
    private static final String REPLY = "<reply>";

    @TempDir
    Path directory;

    record Row(String state, String verb, String result, String events, String status) {
    }

    static List<Row> rows() throws IOException {
        try (InputStream in = VerbsTest.class.getResourceAsStream("verbs.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1)
                    .map(line -> line.split("\t", -1))
                    .map(c -> new Row(c[0], c[1], c[2], c[3], c[4])).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void verb(Row row) throws Exception {
        try (MonitorFixture fixture = new MonitorFixture(directory)) {
            MonitorClient client = fixture.client();
            HeldNode target = target(fixture);
            client.query("blockdev-add", "driver", "null-co", "node-name", "src", "size",
                    (long) SIZE);
            try {
                reach(row.state(), client, target);
                client.forget();
                List<String> expected = List.of(row.events().split(" "));
                int afterwards = expected.size() - expected.indexOf(REPLY) - 1;
                String reply = row.result().equals("ok") ? REPLY : row.result();
                assertEquals(expected.stream().map(each -> each.equals(REPLY) ? reply : each)
                        .toList(), client.trace(command(row.verb()), afterwards));
                assertEquals(row.status(), status(client));
            } finally {
                target.release();
            }
        }
    }

    /** A target that holds data, so that the job has something to write. */
    private static HeldNode target(MonitorFixture fixture) throws Exception {
        HeldNode target = new HeldNode("dst",
                new MemoryNode(FilterNode.transparent("memory"), SIZE));
        fixture.daemon.graph().add(target);
        return target;
    }

    private static void reach(String state, MonitorClient client, HeldNode target)
            throws Exception {
        switch (state) {
            case "running(io in flight)" -> {
                target.hold(Request.Kind.WRITE);
                start(client);
                target.awaitRequest();
            }
            case "running(rate-limited)" -> startLimited(client);
            case "paused" -> {
                startLimited(client);
                client.query("job-pause", "id", "j");
            }
            case "ready" -> startReady(client);
            case "ready, completing (flush held)" -> {
                startReady(client);
                target.hold(Request.Kind.FLUSH);
                client.query("job-complete", "id", "j");
                target.awaitRequest();
            }
            case "standby" -> {
                startReady(client);
                client.query("job-pause", "id", "j");
            }
            case "pending" -> {
                startReady(client, "auto-finalize", false);
                client.run("job-complete", "id", "j");
                client.eventsUntil("BLOCK_JOB_PENDING");
            }
            case "concluded(ok)" -> {
                startReady(client);
                client.run("job-complete", "id", "j");
                client.eventsUntil("concluded");
            }
            case "concluded(cancelled)" -> {
                startReady(client);
                client.run("job-cancel", "id", "j");
                client.eventsUntil("concluded");
            }
            default -> throw new IllegalArgumentException(state);
        }
    }

    private static void start(MonitorClient client, Object... more) throws Exception {
        Object[] arguments = Stream.concat(Stream.of("job-id", "j", "device", "src", "target",
                "dst", "sync", "full", "auto-dismiss", false), Stream.of(more)).toArray();
        assertEquals("{}", client.run("blockdev-mirror", arguments));
    }

    private static void startReady(MonitorClient client, Object... more) throws Exception {
        start(client, more);
        client.eventsUntil("BLOCK_JOB_READY");
        // READY is told before the job has come to rest.
        awaitIdle(client);
    }

    private static void startLimited(MonitorClient client) throws Exception {
        start(client, "speed", 1L);
        awaitIdle(client);
    }

    private static void awaitIdle(MonitorClient client) throws Exception {
        Map<?, ?> job = job(client);
        while (job.get("busy").equals(true) || job.get("offset").equals(0L)) {
            Thread.onSpinWait();
            job = job(client);
        }
    }

    private static Map<?, ?> job(MonitorClient client) throws Exception {
        return (Map<?, ?>) ((List<?>) client.query("query-block-jobs")).getFirst();
    }

    private static String command(String verb) {
        String arguments = switch (verb) {
            case "block-job-cancel force" -> "{'device':'j','force':true}";
            case "block-job-set-speed" -> "{'device':'j','speed':1}";
            case "block-job-change" ->
                "{'id':'j','type':'mirror','copy-mode':'write-blocking'}";
            case "block-job-finalize", "block-job-dismiss" -> "{'id':'j'}";
            default -> verb.startsWith("block") ? "{'device':'j'}" : "{'id':'j'}";
        };
        return "{'execute':'" + verb.split(" ")[0] + "','arguments':" + arguments + "}";
    }

    private static String status(MonitorClient client) throws Exception {
        List<?> jobs = (List<?>) client.query("query-jobs");
        return jobs.isEmpty() ? "(gone)" : (String) ((Map<?, ?>) jobs.getFirst()).get("status");
    }
}

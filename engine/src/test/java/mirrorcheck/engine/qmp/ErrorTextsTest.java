// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mirrorcheck.engine.qmp.json.JsonWriter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the monitor to the answers of QEMU 11.1, one row of {@code errors.tsv} each.
 *
 * <p>Rows of a group follow one another on one daemon. A mirror that starts is cancelled, unless
 * its group needs it to run.
 */
@Timeout(120)
class ErrorTextsTest {
    private static final int SIZE = 20971520;

    @TempDir
    Path directory;

    private record Row(String group, String command, String arguments, String result) {
    }

    @ParameterizedTest
    @ValueSource(strings = {"mirror", "inuse", "export", "blockdev-add", "blockdev-del",
        "blockdev-create", "protocol"})
    void rows(String group) throws Exception {
        try (MonitorFixture fixture = new MonitorFixture(directory)) {
            MonitorClient client = fixture.client();
            prepare(group, fixture, client);
            List<Executable> checks = new ArrayList<>();
            for (Row row : rowsOf(group)) {
                String expected = row.result().replace("$D", directory.toString());
                String found = found(row, client);
                checks.add(() -> assertEquals(expected, found, row::toString));
            }
            assertFalse(checks.isEmpty());
            assertAll(checks);
        }
    }

    private String found(Row row, MonitorClient client) throws Exception {
        String arguments = row.arguments().replace("$D", directory.toString());
        if (row.command().equals("raw")) {
            return client.run(row.arguments().translateEscapes().strip());
        }
        if (row.command().equals("-> query-jobs after")) {
            return jobAfterwards(arguments, client);
        }
        String reply = client.run("{'execute':'" + row.command() + "','arguments':" + arguments
                + "}");
        if (row.command().equals("blockdev-mirror") && reply.equals("{}")) {
            cancel((String) MonitorClient.object(arguments).get("job-id"), client);
        } else if (row.command().equals("blockdev-create") && reply.equals("{}")) {
            client.eventsUntil("concluded");
        }
        client.forget();
        return reply.replaceFirst("^\\{", "OK {").replaceFirst("^\\[", "OK [");
    }

    /** The job that the row before left behind, which is dismissed then. */
    private static String jobAfterwards(String arguments, MonitorClient client) throws Exception {
        if (((List<?>) client.query("query-jobs")).isEmpty()) {
            client.run("{'execute':'blockdev-create','arguments':{'job-id':'c','options':"
                    + arguments + "}}");
            client.eventsUntil("concluded");
        }
        List<?> jobs = (List<?>) client.query("query-jobs");
        client.query("job-dismiss", "id", "c");
        Map<?, ?> job = (Map<?, ?>) jobs.getFirst();
        return JsonWriter.line(new TreeMap<>(job));
    }

    private static void cancel(String id, MonitorClient client) throws Exception {
        client.run("job-cancel", "id", id);
        client.eventsUntil("null");
    }

    private void prepare(String group, MonitorFixture fixture, MonitorClient client)
            throws Exception {
        for (String name : List.of("src", "dst", "dst2", "ro")) {
            add(client, name, fixture.image(name, SIZE), name.equals("ro"));
        }
        add(client, "small", fixture.image("small", SIZE - 65536), false);
        add(client, "big", fixture.image("big", SIZE + 65536), false);
        add(client, "odd", fixture.image("odd", SIZE - 1000), false);
        add(client, "odd1", fixture.image("odd1", SIZE - 1), false);
        add(client, "zero", fixture.image("zero", 0), false);
        fixture.image("lock", SIZE);
        Files.createDirectory(directory.resolve("dir"));
        if (group.equals("inuse")) {
            client.query("blockdev-mirror", "job-id", "hold", "device", "src", "target", "dst",
                    "sync", "full", "speed", 1L, "filter-node-name", "filter");
        } else if (group.equals("export")) {
            client.query("nbd-server-start", "addr", Map.of("type", "unix", "data",
                    Map.of("path", directory.resolve("nbd.sock").toString())));
            client.query("block-export-add", "type", "nbd", "id", "e1", "node-name", "dst2",
                    "name", "other");
        }
        client.forget();
    }

    private static void add(MonitorClient client, String name, String file, boolean readOnly)
            throws Exception {
        client.query("blockdev-add", "driver", "file", "node-name", name, "filename", file,
                "read-only", readOnly);
    }

    private static List<Row> rowsOf(String group) throws IOException {
        try (InputStream in = ErrorTextsTest.class.getResourceAsStream("errors.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1)
                    .map(line -> line.split("\t", -1))
                    .map(cells -> new Row(cells[0], cells[1], cells[2], cells[3]))
                    .filter(row -> row.group().equals(group)).toList();
        }
    }
}

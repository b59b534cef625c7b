// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mirrorcheck.engine.qmp.json.JsonWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may send, and what it must not be able to break. */
@Timeout(60)
class SessionTest {
    private static final String QUERY = "{'execute':'query-jobs'}\n";

    @TempDir
    Path directory;

    private MonitorFixture fixture;

    @BeforeEach
    void start() {
        fixture = new MonitorFixture(directory);
    }

    @AfterEach
    void end() throws Exception {
        fixture.close();
    }

    @Test
    void theGreetingSaysWhatClientsLookFor() throws Exception {
        try (MonitorClient client = new MonitorClient(fixture.socket())) {
            assertEquals("{\"QMP\": {\"version\": {\"qemu\": {\"major\": 11, \"minor\": 1, "
                    + "\"micro\": 3}, \"package\": \"" + Version.PACKAGE
                    + "\"}, \"capabilities\": []}}", JsonWriter.line(client.next()));
        }
    }

    @Test
    void nothingIsTakenBeforeTheNegotiationAndNothingIsNegotiatedAfterIt() throws Exception {
        try (MonitorClient client = new MonitorClient(fixture.socket())) {
            client.next();
            assertEquals("CommandNotFound: Expecting capabilities negotiation with "
                    + "'qmp_capabilities'", client.run("{'execute':'quit'}"));
            assertEquals("GenericError: 2:2: JSON parse error, expecting key",
                    client.run("{bad}"));
            assertEquals("GenericError: Parameter 'null' does not accept value 'foo'", client.run(
                    "{'execute':'qmp_capabilities','arguments':{'enable':['foo']}}"));
            assertEquals("{}", client.run(
                    "{'execute':'qmp_capabilities','arguments':{'enable':[]}}"));
            assertEquals("CommandNotFound: Capabilities negotiation is already complete, "
                    + "command ignored", client.run("{'execute':'qmp_capabilities'}"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"x\"", "null", "[1, {\"a\": null}]", "{\"b\": [true, 1.5]}",
        "-9223372036854775808", "18446744073709551615", "\"\\uD83D\\uDE00\""})
    void anyIdIsEchoedByRepliesAndErrors(String id) throws Exception {
        MonitorClient client = fixture.client();
        client.send("{\"execute\": \"query-jobs\", \"id\": " + id + "}\n");
        Map<String, Object> reply = client.next();
        assertEquals(id, JsonWriter.line(reply.get("id")));
        client.send("{\"execute\": \"nope\", \"id\": " + id + "}\n");
        Map<String, Object> error = client.next();
        assertTrue(error.containsKey("error"));
        assertEquals(id, JsonWriter.line(error.get("id")));
    }

    @Test
    void withoutIdThereIsNone() throws Exception {
        MonitorClient client = fixture.client();
        client.send(QUERY);
        assertEquals("{\"return\": []}", JsonWriter.line(client.next()));
    }

    @Test
    void commandsMayShareALineOrTakeSeveral() throws Exception {
        MonitorClient client = fixture.client();
        client.send("{'execute':'query-jobs'}{'execute'\n:'query-jobs',\r\n 'id'\t: 2\n}\n\n");
        assertEquals(List.of(), client.next().get("return"));
        assertEquals(2L, client.next().get("id"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "5 | QMP input must be a JSON object",
        "[] | QMP input must be a JSON object",
        "{} | QMP input lacks member 'execute'",
        "{'execute':1} | QMP input member 'execute' must be a string",
        "{'execute':null} | QMP input member 'execute' must be a string",
        "{'execute':'nope','arguments':5} | QMP input member 'arguments' must be an object",
        "{'execute':'quit','arguments':null} | QMP input member 'arguments' must be an object",
        "{'execute':'nope','foo':5} | QMP input member 'foo' is unexpected",
        "{'exec-oob':'query-jobs'} | QMP input member 'exec-oob' is unexpected",
        "{'execute':'quit','arguments':{'x':1}} | Parameter 'x' is unexpected",
        "{'execute':'job-pause'} | Parameter 'id' is missing",
    })
    void badRequestsAreAnsweredAndForgotten(String request, String error) throws Exception {
        MonitorClient client = fixture.client();
        assertEquals("GenericError: " + error, client.run(request.replace('\'', '"')));
        assertEquals("[]", client.run(QUERY));
    }

    @Test
    void positionsAreCountedOverTheSession() throws Exception {
        MonitorClient client = fixture.client();
        client.run(QUERY);
        // The fixture's client has sent one line, the query two.
        assertEquals("GenericError: 4:25: JSON parse error, expecting key",
                client.run("{\"execute\":\"query-jobs\",}"));
    }

    @Test
    void afterNonsenseTheNextLineIsUnderstood() throws Exception {
        MonitorClient client = fixture.client();
        client.send("@@@ \u0001 \u00ff ]}} 'x\n");
        client.send("\u00ff\n{'execute':'query-jobs','id':'found'}\n");
        assertEquals(List.of(), client.event(message -> "found".equals(message.get("id")))
                .get("return"));
    }

    @Test
    void deepNestingIsRefused() throws Exception {
        MonitorClient client = fixture.client();
        assertEquals("GenericError: JSON nesting depth limit exceeded",
                client.run("[".repeat(5000) + "]".repeat(5000)));
        assertEquals("[]", client.run(QUERY));
    }

    @Test
    void aHugeStringIsAName() throws Exception {
        MonitorClient client = fixture.client();
        assertEquals("GenericError: Job not found", client.run("{'execute':'job-pause',"
                + "'arguments':{'id':'" + "j".repeat(3 << 20) + "'}}"));
    }

    @Test
    void halfACommandIsForgottenWithItsClient() throws Exception {
        try (MonitorClient client = fixture.client()) {
            client.send("{'execute':'quit'");
        }
        try (MonitorClient next = MonitorClient.ready(fixture.socket())) {
            assertEquals("[]", next.run(QUERY));
        }
    }

    @Test
    void aSecondClientWaitsUntilTheFirstHasLeft() throws Exception {
        MonitorClient first = fixture.client();
        try (MonitorClient second = new MonitorClient(fixture.socket())) {
            assertEquals("[]", first.run(QUERY));
            assertTrue(second.hasNothing());
            first.close();
            assertTrue(second.next().containsKey("QMP"));
        }
    }

    @Test
    void eventsGoToClientsThatHaveNegotiated() throws Exception {
        String socket = directory.resolve("second.sock").toString();
        fixture.close();
        fixture = new MonitorFixture(directory, "--chardev",
                "socket,id=n,path=" + socket + ",server=on,wait=off", "--monitor", "n");
        // Clients are told in the order in which they came: what the first has heard of has passed
        // the second.
        try (MonitorClient second = new MonitorClient(Path.of(socket))) {
            second.next();
            MonitorClient first = fixture.client();
            create(first, "one");
            assertEquals("{}", second.run("{'execute':'qmp_capabilities'}"));
            create(first, "two");
            Map<?, ?> data = (Map<?, ?>) second.next().get("data");
            assertEquals("two", data.get("id"));
            assertEquals(List.of("running", "waiting", "pending", "concluded"),
                    second.eventsUntil("concluded"));
        }
    }

    private void create(MonitorClient client, String id) throws Exception {
        assertEquals("{}", client.run("blockdev-create", "job-id", id, "options", Map.of("driver",
                "file", "filename", directory.resolve(id).toString(), "size", 512L)));
        assertEquals(List.of("created", "running", "waiting", "pending", "concluded"),
                client.eventsUntil("concluded"));
    }

    @Test
    void aClientThatDoesNotReadHoldsNobodyUp() throws Exception {
        try (MonitorClient deaf = fixture.client()) {
            for (int i = 0; i < 20_000; i++) {
                deaf.send(QUERY);
            }
        }
        try (MonitorClient next = MonitorClient.ready(fixture.socket())) {
            assertEquals("[]", next.run(QUERY));
        }
    }
}

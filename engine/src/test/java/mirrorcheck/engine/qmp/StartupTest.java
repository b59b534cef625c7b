// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the options of a command line set up, and what is said of wrong ones. */
@Timeout(60)
class StartupTest {
    @TempDir
    Path directory;

    private record Run(Startup.Outcome outcome, String text) {
    }

    private static Run run(List<String> arguments) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
        try (Daemon daemon = new Daemon(out)) {
            Startup startup = new Startup("prog", daemon, InputStream.nullInputStream(),
                    OutputStream.nullOutputStream(), out, out);
            Startup.Outcome outcome = startup.run(arguments);
            return new Run(outcome, text.toString(StandardCharsets.UTF_8));
        }
    }

    /** What QEMU 11.1 says, with the name of the program exchanged. */
    @ParameterizedTest
    @CsvFileSource(resources = "options.tsv", delimiter = '\t', numLinesToSkip = 1,
            quoteCharacter = '\0', ignoreLeadingAndTrailingWhitespace = false, emptyValue = "")
    void wrongOptions(String option, String value, String error) {
        List<String> arguments = Stream.of(option, value).filter(each -> each != null).toList();
        Run run = run(arguments);
        assertEquals("prog: " + error.replace("%", String.join(" ", arguments)).translateEscapes()
                + "\n", run.text());
        assertEquals(Startup.Outcome.FAILED, run.outcome());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "--he"})
    void helpNamesEveryOption(String option) {
        Run run = run(List.of(option));
        assertEquals(Startup.Outcome.ANSWERED, run.outcome());
        for (String name : List.of("blockdev", "chardev", "export", "monitor", "nbd-server",
                "object", "pidfile", "help", "version")) {
            assertTrue(run.text().contains("--" + name + " ") || run.text().contains("--" + name),
                    name);
        }
        assertEquals(List.of(), run.text().lines().filter(line -> line.length() > 100).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V"})
    void versionIsOneLine(String option) {
        assertEquals(new Run(Startup.Outcome.ANSWERED, "prog version " + Version.PACKAGE + "\n"),
                run(List.of(option)));
    }

    @Test
    void shortFormsOfBooleansAreWarnedOf() {
        String value = "socket,id=a,path=" + directory.resolve("s") + ",server,nowait";
        assertEquals(new Run(Startup.Outcome.RUNNING, """
                prog: --chardev %1$s: warning: short-form boolean option 'server' deprecated
                Please use server=on instead
                prog: --chardev %1$s: warning: short-form boolean option 'nowait' deprecated
                Please use wait=off instead
                """.formatted(value)), run(List.of("--chardev", value)));
    }

    @Test
    void dottedKeysAndJsonMeanTheSame() throws Exception {
        try (MonitorFixture fixture = new MonitorFixture(directory,
                "--object", "throttle-group,id=g,limits.bps-total=1000000",
                "--blockdev", "driver=throttle,node-name=a,throttle-group=g,"
                        + "file.driver=raw,file.node-name=b,file.file.driver=null-co,"
                        + "file.file.size=0x1000,file.offset=512,detect-zeroes=on,"
                        + "cache.no-flush=on",
                "--blockdev", "{'driver':'throttle','node-name':'c','throttle-group':'g','file':"
                        + "{'driver':'raw','node-name':'d','file':{'driver':'null-co',"
                        + "'size':4096},'offset':512},'detect-zeroes':'on',"
                        + "'cache':{'no-flush':true}}",
                "--blockdev", "driver=blkdebug,node-name=e,image=c,"
                        + "inject-error.0.event=none,inject-error.0.errno=28")) {
            List<?> nodes = (List<?>) fixture.client().query("query-named-block-nodes");
            assertEquals(7, nodes.size());
            assertEquals(described(nodes, "a"), described(nodes, "c"));
            assertEquals(3584L, ((Map<?, ?>) node(nodes, "e").get("image")).get("virtual-size"));
        }
    }

    private static Map<?, ?> node(List<?> nodes, String name) {
        return nodes.stream().map(each -> (Map<?, ?>) each)
                .filter(each -> name.equals(each.get("node-name"))).findFirst().orElseThrow();
    }

    /** All that is said of a node but names. */
    private static String described(List<?> nodes, String name) {
        return node(nodes, name).toString().replaceAll("node-name=#?[a-z0-9]+", "");
    }

    @Test
    void optionsMayBeJoinedByAnEqualsSign() {
        assertEquals("prog: --blockdev=foo: Parameter 'driver' does not accept value 'foo'\n",
                run(List.of("--blockdev=foo")).text());
    }

    @Test
    void stdioServesOneClientAndMayBePretty() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (Daemon daemon = new Daemon(err)) {
            assertEquals(Startup.Outcome.RUNNING, new Startup("prog", daemon,
                    new ByteArrayInputStream(new byte[0]), out, err, err)
                    .run(List.of("--chardev", "stdio,id=a", "--monitor", "a,pretty=on")));
        }
        String greeting = out.toString(StandardCharsets.UTF_8);
        assertTrue(greeting.startsWith("{\r\n    \"QMP\": {\r\n        \"version\": {\r\n"),
                greeting);
    }
}

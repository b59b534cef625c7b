// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mirrorcheck.engine.block.Attachment;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.job.ErrorPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Arguments of {@code blockdev-mirror}: texts and precedence as measured on QEMU 11.1 (rule
 * ARGS-1).
 */
@Timeout(20)
class ArgumentsTest {
    /** What QEMU finds only when it has made the job: clients hear of created and null. */
    private static final Set<String> SEEN_LATE =
            Set.of("Parameter 'speed' expects a non-negative value", "Block node is read-only");

    private static final Pattern MEMBER = Pattern.compile("\"([^\"]+)\": (\"[^\"]*\"|[^,}]+)");

    @TempDir
    Path dir;

    /**
     * {@code src} and {@code dst}, others beside them, and the job {@code hold} from {@code h1} to
     * {@code h2}.
     */
    private MirrorFixture fixture() throws Exception {
        MirrorFixture m = new MirrorFixture(dir, 0, NodeOptions.named("target"));
        for (String name : new String[] {"src", "dst", "dst2", "h1", "h2", "below"}) {
            m.graph.add(new MemoryNode(NodeOptions.named(name), 65_536));
        }
        m.graph.add(new MemoryNode(NodeOptions.named("ro").withReadOnly(true), 65_536));
        m.graph.add(new MemoryNode(NodeOptions.named("small"), 512));
        m.graph.add(new MemoryNode(NodeOptions.named("big"), 131_072));
        m.graph.add(new MemoryNode(NodeOptions.named("odd"), 66_048));
        m.graph.add(new MemoryNode(NodeOptions.named("odd1"), 66_048));
        m.graph.add(new MemoryNode(NodeOptions.named("zero"), 0));
        m.graph.add(new FilterNode(FilterNode.transparent("above"), m.graph.node("below"), false));
        return m;
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "errors.tsv", delimiter = '\t', numLinesToSkip = 1,
            quoteCharacter = '\0',
            maxCharsPerColumn = 8192)
    void oneCommand(String arguments, String answer) throws Exception {
        try (MirrorFixture m = fixture()) {
            Map<String, Object> parsed = new LinkedHashMap<>();
            Matcher member = MEMBER.matcher(arguments);
            while (member.find()) {
                parsed.put(member.group(1), value(member.group(2)));
            }
            int nodes = m.graph.nodes().size();
            String got = answer(m, parsed);

            assertEquals(answer, got);
            if (!got.equals("ok")) {
                assertEquals(nodes, m.graph.nodes().size());
                assertEquals(SEEN_LATE.contains(got) ? 2 : 0, m.events.size(), "events");
            }
        }
    }

    private static String answer(MirrorFixture m, Map<String, Object> arguments) throws Exception {
        try {
            m.start(MirrorArguments.parse(arguments));
            return "ok";
        } catch (BlockException e) {
            return e.getMessage();
        }
    }

    private static Object value(String json) {
        if (json.startsWith("\"")) {
            return json.substring(1, json.length() - 1);
        }
        if (json.equals("true") || json.equals("false")) {
            return Boolean.valueOf(json);
        }
        if (json.contains(".")) {
            return Double.valueOf(json);
        }
        BigInteger number = new BigInteger(json);
        return number.bitLength() < 64 ? (Object) number.longValueExact() : number;
    }

    @Test
    void everyArgumentArrives() throws BlockException {
        assertEquals(new MirrorOptions("", "src", "dst", null, Sync.TOP, CopyMode.BACKGROUND,
                false, 0, 0, 0, ErrorPolicy.REPORT, ErrorPolicy.REPORT, null, true, true),
                MirrorArguments.parse(Map.of("device", "src", "target", "dst", "sync", "top")));
        Map<String, Object> all = new LinkedHashMap<>(Map.of("device", "src", "target", "dst",
                "sync", "none", "job-id", "j", "replaces", "src", "speed", 7, "granularity", 512L,
                "buf-size", 4096, "on-source-error", "ignore", "on-target-error", "enospc"));
        all.putAll(Map.of("filter-node-name", "f", "copy-mode", "write-blocking",
                "auto-finalize", false, "auto-dismiss", false, "target-is-zero", true));
        assertEquals(new MirrorOptions("j", "src", "dst", "src", Sync.NONE,
                CopyMode.WRITE_BLOCKING, true, 512, 4096, 7, ErrorPolicy.IGNORE,
                ErrorPolicy.ENOSPC, "f", false, false), MirrorArguments.parse(all));
    }

    @Test
    void theFilterHasTheNameItWasGivenOrOneOfItsOwn() throws Exception {
        try (MirrorFixture m = fixture()) {
            MirrorOptions options = MirrorOptions.of("j", "src", "dst", Sync.NONE);
            assertEquals("f", m.start(options.withNames(null, "f")).filterNodeName());
            String own = m.start(MirrorOptions.of("k", "h1", "h2", Sync.NONE)).filterNodeName();
            assertTrue(own.startsWith("#block"), own);
        }
    }

    @Test
    void theTargetOfAnotherMirrorIsNoSource() throws Exception {
        try (MirrorFixture m = fixture()) {
            m.start(MirrorOptions.of("hold", "h1", "h2", Sync.NONE));
            assertEquals("Need a root block node",
                    answer(m, Map.of("job-id", "j", "device", "h2", "target", "dst",
                    "sync", "full")));
        }
    }

    @Test
    void aTargetThatOthersUseOrStandAboveIsRefused() throws Exception {
        try (MirrorFixture m = fixture()) {
            assertEquals("Need a root block node", answer(m, Map.of("job-id", "j", "device",
                    "src", "target", "below", "sync", "full")));
            try (Attachment user = m.graph.attach("dst", "user")) {
                assertEquals("dst", user.node().nodeName());
                assertEquals(Graph.permissionConflict("dst", "consistent read"),
                        answer(m, Map.of("job-id", "j", "device", "src", "target", "dst",
                        "sync", "full")));
            }
        }
    }

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvFileSource(resources = "argument-precedence.tsv", delimiter = '\t', numLinesToSkip = 1)
    void ofTwoFaultsTheFirstIsReported(String fault, String other, String reported, String text)
            throws Exception {
        try (MirrorFixture m = fixture()) {
            m.start(MirrorOptions.of("hold", "h1", "h2", Sync.NONE));
            Map<String, Object> arguments = new LinkedHashMap<>(
                    Map.of("job-id", "j", "device", "src", "target", "dst",
                    "sync", "full"));
            put(arguments, fault);
            put(arguments, other);

            assertEquals(text, answer(m, arguments), reported);
        }
    }

    private static void put(Map<String, Object> arguments, String fault) {
        switch (fault) {
            case "unknown-arg" -> arguments.put("foo", 1L);
            case "wrong-type" -> arguments.put("speed", "x");
            case "bad-enum" -> arguments.put("copy-mode", "foo");
            case "device-unknown" -> arguments.put("device", "nope");
            case "device-not-root" -> arguments.put("device", "below");
            case "target-unknown" -> arguments.put("target", "nope");
            case "target-busy" -> arguments.put("target", "h2");
            case "target-same" -> arguments.put("target", arguments.get("device"));
            case "target-ro" -> arguments.put("target", "ro");
            case "gran-range" -> arguments.put("granularity", 3L);
            case "gran-pow2" -> arguments.put("granularity", 1000L);
            case "speed-neg" -> arguments.put("speed", -1L);
            case "buf-neg" -> arguments.put("buf-size", -1L);
            case "sync-bitmap" -> arguments.put("sync", "bitmap");
            case "replaces-unknown" -> arguments.put("replaces", "nope");
            case "replaces-bad" -> arguments.put("replaces", "h2");
            case "jobid-bad" -> arguments.put("job-id", "1");
            case "jobid-dup" -> arguments.put("job-id", "hold");
            case "filter-bad" -> arguments.put("filter-node-name", "1x");
            case "filter-dup" -> arguments.put("filter-node-name", "src");
            default -> throw new IllegalArgumentException(fault);
        }
    }
}

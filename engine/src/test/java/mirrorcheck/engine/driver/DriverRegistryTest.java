// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DriverRegistryTest {
    @TempDir
    Path directory;
    private String image;

    @BeforeEach
    void createImage() throws Exception {
        image = directory.resolve("image").toString();
        ImageCreate.raw(Path.of(image), 1 << 20, Preallocation.OFF);
    }

    @Test
    void opensAFileWithItsOptions() throws Exception {
        Map<String, Object> options = Map.of("driver", "file", "node-name", "f", "filename", image,
                "discard", "unmap", "detect-zeroes", "unmap", "read-only", true,
                "cache.no-flush", true);
        try (BlockNode node = DriverRegistry.open(options, NodeLookup.NONE)) {
            assertInstanceOf(FileNode.class, node);
            assertEquals(1 << 20, node.length());
            assertEquals(new NodeOptions("f", Discard.UNMAP, DetectZeroes.UNMAP, true, true),
                    node.options());
        }
    }

    @Test
    void childOfItsOwnTakesOverAndLetsDiscardsThrough() throws Exception {
        Map<String, Object> options = Map.of("driver", "raw", "node-name", "r",
                "read-only", true, "cache", Map.of("no-flush", true),
                "file", Map.of("driver", "file", "filename", image));
        BlockNode node = DriverRegistry.open(options, NodeLookup.NONE);
        BlockNode file = node.children().getFirst();
        assertTrue(file.nodeName().startsWith("#block"), file.nodeName());
        assertEquals(new NodeOptions(file.nodeName(), Discard.UNMAP, DetectZeroes.OFF, true, true),
                file.options());
        assertEquals(Discard.IGNORE, node.options().discard());
        node.close();
        assertThrows(BlockException.class, file::flush);
    }

    @Test
    void childOptionsMayBeDotted() throws Exception {
        Map<String, Object> options = Map.of("driver", "raw", "node-name", "r", "file.driver",
                "file", "file.filename", image, "file.node-name", "f", "file.discard", "ignore");
        try (BlockNode node = DriverRegistry.open(options, NodeLookup.NONE)) {
            assertEquals(NodeOptions.named("f"), node.children().getFirst().options());
        }
    }

    @Test
    void namedChildIsFoundAndStaysOpen() throws Exception {
        try (BlockNode memory = new MemoryNode(NodeOptions.named("m"), 512)) {
            NodeLookup nodes = name -> name.equals("m") ? memory : null;
            for (String driver : List.of("raw", "throttle", "fault")) {
                Map<String, Object> options =
                        Map.of("driver", driver, "node-name", "top", "file", "m");
                BlockNode node = DriverRegistry.open(options, nodes);
                assertSame(memory, node.children().getFirst());
                node.close();
                memory.flush();
            }
        }
    }

    @Test
    void everyDriverCanBeOpened() throws Exception {
        assertEquals(List.of("file", "raw", "memory", "throttle", "fault"), DriverRegistry.names());
        Map<String, Object> memory = Map.of("driver", "memory", "size", 512);
        Map<String, Object> throttle = Map.of("driver", "throttle", "node-name", "t", "bps-total",
                1000, "latency-ns", 5L, "file", Map.of("driver", "fault", "file", memory));
        try (BlockNode node = DriverRegistry.open(throttle, NodeLookup.NONE)) {
            assertInstanceOf(ThrottleNode.class, node);
            assertEquals(512, node.length());
        }
    }

    @Test
    void opensARawImageByItsPath() throws Exception {
        NodeOptions options = NodeOptions.named("r").withReadOnly(true);
        try (BlockNode node = DriverRegistry.open(Path.of(image), options, false)) {
            assertEquals(options, node.options());
            NodeOptions file = node.children().getFirst().options();
            assertEquals(Discard.UNMAP, file.discard());
            assertTrue(file.readOnly());
        }
    }

    static Stream<Arguments> refusals() {
        Map<String, Object> file = Map.of("driver", "file", "node-name", "f", "filename", "x");
        Map<String, Object> raw = Map.of("driver", "raw", "node-name", "r");
        return Stream.of(
                arguments(Map.of("filename", "x"), Map.of(), "Parameter 'driver' is missing"),
                arguments(file, Map.of("driver", "foo"),
                        "Parameter 'driver' does not accept value 'foo'"),
                arguments(file, Map.of("driver", 5),
                        "Invalid parameter type for 'driver', expected: string"),
                arguments(Map.of("driver", "file", "node-name", "f"), Map.of(),
                        "Parameter 'filename' is missing"),
                arguments(file, Map.of("foo", 1), "Parameter 'foo' is unexpected"),
                arguments(file, Map.of("cache", Map.of("foo", true)),
                        "Parameter 'cache.foo' is unexpected"),
                arguments(file, Map.of("discard", "x"),
                        "Parameter 'discard' does not accept value 'x'"),
                arguments(file, Map.of("discard", "UNMAP"),
                        "Parameter 'discard' does not accept value 'UNMAP'"),
                arguments(file, Map.of("detect-zeroes", "foo"),
                        "Parameter 'detect-zeroes' does not accept value 'foo'"),
                arguments(file, Map.of("read-only", "yes"),
                        "Invalid parameter type for 'read-only', expected: boolean"),
                arguments(file, Map.of("cache", Map.of("direct", 1)),
                        "Invalid parameter type for 'cache.direct', expected: boolean"),
                arguments(file, Map.of("detect-zeroes", "unmap"),
                        "setting detect-zeroes to unmap is not allowed without setting discard "
                                + "operation to unmap"),
                arguments(file, Map.of("filename", ""),
                        "The 'file' block driver requires a file name"),
                arguments(file, Map.of("filename", "a\0b"),
                        "Could not open 'a\0b': Invalid argument"),
                arguments(file, Map.of("node-name", "1f"), "Invalid node-name: '1f'"),
                arguments(file, Map.of("node-name", "#f"), "Invalid node-name: '#f'"),
                arguments(file, Map.of("node-name", ""), "Invalid node-name: ''"),
                arguments(file, Map.of("node-name", "a".repeat(32)), "Node name too long"),
                arguments(Map.of("driver", "file", "filename", "x"), Map.of(),
                        "'node-name' must be specified for the root node"),
                arguments(raw, Map.of(), "Parameter 'file' is missing"),
                arguments(raw, Map.of("file", "nope"),
                        "Cannot find device='nope' nor node-name='nope'"),
                arguments(raw, Map.of("file", 5),
                        "Invalid parameter type for 'file', expected: string"),
                arguments(raw, Map.of("file", Map.of("driver", "file")),
                        "Parameter 'file.filename' is missing"),
                arguments(raw, Map.of("file", Map.of("driver", "file", "filename", "x", "y", 1)),
                        "Parameter 'file.y' is unexpected"),
                arguments(Map.of("driver", "memory", "node-name", "m"), Map.of("size", 1.5),
                        "Invalid parameter type for 'size', expected: integer"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWithTheTextsOfQmp(Map<String, Object> options, Map<String, Object> changes,
            String message) {
        Map<String, Object> all = new HashMap<>(options);
        all.putAll(changes);
        BlockException e = assertThrows(BlockException.class,
                () -> DriverRegistry.open(all, NodeLookup.NONE));
        assertEquals(message, e.getMessage());
        assertEquals(Errno.EINVAL, e.errno());
    }

    @Test
    void missingFileIsNamed() {
        Map<String, Object> options = Map.of("driver", "file", "node-name", "f", "filename",
                image + "x");
        BlockException e = assertThrows(BlockException.class,
                () -> DriverRegistry.open(options, NodeLookup.NONE));
        assertEquals("Could not open '" + image + "x': No such file or directory", e.getMessage());
        assertEquals(Errno.ENOENT, e.errno());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Graph;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DriverRegistryTest {
    private static final MapOptions NULL = MapOptions.of("driver", "null-co", "size", 512L);

    @TempDir
    Path directory;
    private final Graph graph = new Graph();
    private final DriverRegistry registry = new DriverRegistry(graph);
    private String image;

    @BeforeEach
    void createImage() throws Exception {
        image = directory.resolve("image").toString();
        ImageCreate.raw(Path.of(image), 1 << 20, Preallocation.OFF);
    }

    @Test
    void opensAFileWithItsOptions() throws Exception {
        MapOptions options = MapOptions.of("driver", "file", "node-name", "f", "filename", image,
                "discard", "unmap", "detect-zeroes", "unmap", "read-only", true,
                "cache", MapOptions.of("no-flush", true));
        try (BlockNode node = registry.open(options).node()) {
            assertInstanceOf(FileNode.class, node);
            assertEquals(1 << 20, node.length());
            assertEquals(new NodeOptions("f", Discard.UNMAP, DetectZeroes.UNMAP, true, true),
                    node.options());
        }
    }

    @Test
    void childOfItsOwnTakesOverAndLetsDiscardsThrough() throws Exception {
        OpenedNode opened = registry.open(MapOptions.of("driver", "raw", "node-name", "r",
                "read-only", true, "cache", MapOptions.of("no-flush", true),
                "file", MapOptions.of("driver", "file", "filename", image)));
        BlockNode file = opened.node().children().getFirst();
        assertTrue(file.nodeName().startsWith("#block"), file.nodeName());
        assertEquals(new NodeOptions(file.nodeName(), Discard.UNMAP, DetectZeroes.OFF, true, true),
                file.options());
        assertEquals(Discard.IGNORE, opened.node().options().discard());
        assertEquals(List.of(opened.node(), file),
                opened.all().map(OpenedNode::node).toList());
        opened.node().close();
        assertThrows(BlockException.class, file::flush);
    }

    @Test
    void namedChildIsFoundAndStaysOpen() throws Exception {
        try (BlockNode memory = new MemoryNode(NodeOptions.named("m"), 512)) {
            graph.add(memory);
            for (String member : List.of("raw file", "blkdebug image")) {
                String[] words = member.split(" ");
                OpenedNode opened = registry.open(MapOptions.of("driver", words[0],
                        "node-name", "top", words[1], "m"));
                assertSame(memory, opened.node().children().getFirst());
                assertEquals(Map.of(words[1], memory), opened.children());
                assertEquals(List.of(), opened.owned());
                opened.node().close();
                memory.flush();
            }
        }
    }

    /** A driver with two children, of which {@code backing} may be missing. */
    private void addPair(List<Opening> openings) {
        registry.add(new Driver("pair", List.of("file", "backing"), opening -> {
            openings.add(opening);
            Opening.Child file = opening.child("file");
            return new RawNode(opening.node(), file.node(), file.owned());
        }));
    }

    @Test
    void childrenAreOpenedInTheOrderOfTheirMembersWhateverTheyAreGivenAs() throws Exception {
        List<Opening> openings = new ArrayList<>();
        addPair(openings);
        try (BlockNode base = new MemoryNode(NodeOptions.named("base"), 512)) {
            graph.add(base);
            for (Object backing : new Object[] {"base", null, NULL}) {
                OpenedNode opened = registry.open(MapOptions.of("driver", "pair", "node-name",
                        "p", "backing", backing, "file", NULL));
                Opening opening = openings.removeLast();
                assertTrue(opening.options().has("backing"));
                assertTrue(opening.child("file").owned());
                if (backing == null) {
                    assertNull(opening.child("backing"));
                    assertEquals(List.of("file"), List.copyOf(opened.children().keySet()));
                } else {
                    assertEquals(backing == NULL, opening.child("backing").owned());
                    assertEquals(backing == NULL ? 2 : 1, opened.owned().size());
                    assertEquals(List.of("file", "backing"),
                            List.copyOf(opened.children().keySet()));
                }
                opened.node().close();
            }
        }
        registry.open(MapOptions.of("driver", "pair", "node-name", "p", "file", NULL));
        assertTrue(!openings.getLast().options().has("backing"));
    }

    @Test
    void whatWasOpenedForANodeThatCannotBeIsClosed() throws Exception {
        List<BlockNode> children = new ArrayList<>();
        registry.add(new Driver("broken", List.of("file", "backing"), opening -> {
            opening.children().values().forEach(child -> children.add(child.node()));
            throw BlockException.refused("broken");
        }));
        assertThrows(BlockException.class, () -> registry.open(MapOptions.of("driver", "broken",
                "node-name", "b", "file", NULL, "backing", NULL)));
        assertEquals(2, children.size());
        for (BlockNode child : children) {
            assertEquals(Errno.EBADF,
                    assertThrows(BlockException.class, child::flush).errno());
        }
    }

    @Test
    void twoDriversHaveTwoNames() {
        Driver again = Driver.leaf("file", FileDriver::open);
        assertThrows(IllegalStateException.class, () -> registry.add(again));
    }

    static Stream<Arguments> refusals() {
        Map<String, Object> file =
                MapOptions.of("driver", "file", "node-name", "f", "filename", "x").values();
        Map<String, Object> raw = MapOptions.of("driver", "raw", "node-name", "r",
                "file", NULL).values();
        return Stream.of(
                arguments(file, "detect-zeroes", "unmap",
                        "setting detect-zeroes to unmap is not allowed without setting discard "
                                + "operation to unmap"),
                arguments(file, "filename", "", "The 'file' block driver requires a file name"),
                arguments(file, "filename", "a\0b",
                        "Could not open 'a\0b': No such file or directory"),
                arguments(file, "aio", "native", "aio=native was specified, but it requires "
                        + "cache.direct=on, which was not specified."),
                arguments(file, "force-share", true,
                        "force-share=on can only be used with read-only images"),
                arguments(file, "node-name", "1f", "Invalid node-name: '1f'"),
                arguments(file, "node-name", "#f", "Invalid node-name: '#f'"),
                arguments(file, "node-name", "", "Invalid node-name: ''"),
                arguments(file, "node-name", "a".repeat(32), "Node name too long"),
                arguments(NULL.values(), "size", 512L,
                        "'node-name' must be specified for the root node"),
                arguments(raw, "file", "nope", "Cannot find device='nope' nor node-name='nope'"),
                arguments(raw, "file", MapOptions.of("driver", "null-co", "node-name", "r"),
                        "Duplicate nodes with node-name='r'"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWithTheTextsOfQmp(Map<String, Object> options, String name, Object value,
            String message) {
        Map<String, Object> all = new HashMap<>(options);
        all.put(name, value);
        BlockException e = assertThrows(BlockException.class,
                () -> registry.open(new MapOptions(all)));
        assertEquals(message, e.getMessage());
    }

    @Test
    void missingFileIsNamed() {
        MapOptions options = MapOptions.of("driver", "file", "node-name", "f", "filename",
                image + "x");
        BlockException e = assertThrows(BlockException.class, () -> registry.open(options));
        assertEquals("Could not open '" + image + "x': No such file or directory", e.getMessage());
        assertEquals(Errno.ENOENT, e.errno());
    }
}

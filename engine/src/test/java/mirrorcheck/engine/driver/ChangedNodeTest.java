// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Nodes get other sizes and other options while they are open. */
class ChangedNodeTest {
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    private Path image(int bytes) throws Exception {
        return Files.write(directory.resolve("image"), new byte[bytes]);
    }

    @Test
    void aFileGrowsAndShrinks() throws Exception {
        Path file = image(PAGE);
        try (RawNode node = RawNodeTest.openRaw(file, NodeOptions.named("r"))) {
            node.resize(3 * PAGE);
            assertEquals(3 * PAGE, node.length());
            node.write(2 * PAGE, MemorySegment.ofArray(new byte[] {1}), WriteFlag.NONE);
            node.resize(1000);
            assertEquals(1024, node.length());
            assertEquals(1000, Files.size(file));
            node.write(1023, MemorySegment.ofArray(new byte[] {1}), WriteFlag.NONE);
            assertEquals(1024, Files.size(file));
        }
    }

    @Test
    void discardAndDetectZeroesTakeEffectAtOnce() throws Exception {
        try (MemoryNode memory = new MemoryNode(FilterNode.transparent("m"), PAGE);
                RawNode node = new RawNode(NodeOptions.named("r"), memory, false)) {
            node.write(0, MemorySegment.ofArray(new byte[PAGE]), WriteFlag.NONE);
            node.discard(0, PAGE);
            assertEquals(PAGE, memory.allocatedBytes());
            node.reopen(node.options().withDiscard(Discard.UNMAP)
                    .withDetectZeroes(DetectZeroes.UNMAP));
            node.write(0, MemorySegment.ofArray(new byte[PAGE]), WriteFlag.NONE);
            assertEquals(0, memory.allocatedBytes());
        }
    }

    @Test
    void whatCannotChangeIsRefused() throws Exception {
        try (BlockNode node = FileNode.open(image(PAGE), NodeOptions.named("f").withReadOnly(true),
                false)) {
            assertRefused("Block node 'f' was opened read-only: add it anew to write to it",
                    () -> node.reopen(NodeOptions.named("f")));
            assertRefused("Cannot change the option 'node-name'",
                    () -> node.reopen(NodeOptions.named("g").withReadOnly(true)));
            assertRefused("f: resize: the node is read-only", () -> node.resize(0));
        }
        try (BlockNode node = new MemoryNode(NodeOptions.named("m"), PAGE)) {
            assertRefused("Image format driver does not support resize", () -> node.resize(0));
        }
    }

    private static void assertRefused(String message, Executable step) {
        assertEquals(message, assertThrows(BlockException.class, step).getMessage());
    }
}

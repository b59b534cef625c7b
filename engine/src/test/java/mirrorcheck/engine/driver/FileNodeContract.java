// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.HostFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nodes over real files keep besides; for files of odd size above all. */
abstract class FileNodeContract extends BlockNodeContract {
    /** 1000 bytes into the last 4096, 488 into the last sector. */
    private static final int ODD = 20 * 4096 + 1000;
    private static final int ROUNDED = 20 * 4096 + 1024;

    private int created;
    Path path;

    /** Where the files are made. */
    abstract Path directory() throws IOException;

    /** Opens a node over an existing file. */
    abstract BlockNode openFile(Path file, NodeOptions options) throws IOException;

    @Override
    protected BlockNode createNode(NodeOptions options, long bytes) throws IOException {
        path = directory().resolve("image-" + created++);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return openFile(path, options);
    }

    @Override
    protected long allocatedBytes() throws IOException {
        try (HostFile file = HostFile.open(path)) {
            return file.allocatedBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 511, 512, 513, 65_535, ODD})
    void lengthIsRoundedUpToASector(long bytes) throws Exception {
        assertEquals((bytes + 511) / 512 * 512, open(PLAIN, bytes).length());
        assertEquals(bytes, Files.size(path));
    }

    @Test
    void readsBeyondTheEndOfTheFileAsZeroAndLeavesItsSize() throws Exception {
        BlockNode node = open(PLAIN, ODD);
        Files.write(path, pattern(ODD, 1));
        byte[] model = Arrays.copyOf(pattern(ODD, 1), ROUNDED);
        assertArrayEquals(model, readAll(node));
        byte[] last = new byte[] {1, 1};
        node.read(ROUNDED - 2, MemorySegment.ofArray(last));
        assertArrayEquals(new byte[2], last);
        assertEquals(ODD, Files.size(path));
    }

    @Test
    void writeToTheLastSectorMakesTheFileWhole() throws Exception {
        BlockNode node = open(PLAIN, ODD);
        node.write(0, MemorySegment.ofArray(new byte[] {1}), WriteFlag.NONE);
        assertEquals(ODD, Files.size(path));
        node.write(ODD + 1, MemorySegment.ofArray(new byte[] {2}), WriteFlag.NONE);
        assertEquals(ROUNDED, Files.size(path));
        byte[] model = new byte[ROUNDED];
        model[0] = 1;
        model[ODD + 1] = 2;
        assertArrayEquals(model, readAll(node));
        assertArrayEquals(model, Files.readAllBytes(path));
    }

    @Test
    void zeroWriteToTheLastSectorMakesTheFileWhole() throws Exception {
        for (Set<WriteFlag> flags : Set.of(WriteFlag.NONE, MAY_UNMAP)) {
            BlockNode node = open(UNMAP, ODD);
            Files.write(path, pattern(ODD, 2));
            node.writeZeroes(ODD - 10, ROUNDED - ODD + 10, flags);
            byte[] model = Arrays.copyOf(pattern(ODD, 2), ROUNDED);
            Arrays.fill(model, ODD - 10, ROUNDED, (byte) 0);
            assertArrayEquals(model, Files.readAllBytes(path), flags.toString());
        }
    }

    @Test
    void discardKeepsTheSizeOfTheFile() throws Exception {
        BlockNode node = open(UNMAP, ODD);
        node.discard(0, ROUNDED);
        assertEquals(ODD, Files.size(path));
    }

    @Test
    void statusOfAnOddFileEndsWithTheDevice() throws Exception {
        BlockNode node = open(PLAIN, ODD);
        assertEquals(new Extent(0, ROUNDED, BlockStatus.ZERO), node.blockStatus(0, ROUNDED));
        Files.write(path, pattern(ODD, 3));
        assertEquals(new Extent(0, ROUNDED, BlockStatus.DATA), node.blockStatus(0, ROUNDED));
    }

    @Test
    void statusIsAskedOfTheHostEachTime() throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        assertTrue(node.blockStatus(START, BYTES).status().zero());
        try (BlockNode other = openFile(path, NodeOptions.named("other"))) {
            other.write(START, MemorySegment.ofArray(pattern(BYTES, 4)), WriteFlag.NONE);
            other.flush();
        }
        assertEquals(new Extent(START, BYTES, BlockStatus.DATA), node.blockStatus(START, BYTES));
        node.writeZeroes(START, BYTES, MAY_UNMAP);
        assertTrue(node.blockStatus(START, BYTES).status().zero());
    }

    @Test
    void nodesOnOneFileSeeEachOther() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        try (BlockNode other = openFile(path, NodeOptions.named("other"))) {
            other.write(123, MemorySegment.ofArray(pattern(10, 5)), WriteFlag.NONE);
            assertArrayEquals(pattern(10, 5), Arrays.copyOfRange(readAll(node), 123, 133));
        }
    }

    @Test
    void fileThatShrankReadsAsZeroWhereItEnded() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        Files.write(path, pattern(4096, 6));
        assertArrayEquals(Arrays.copyOf(pattern(4096, 6), LENGTH), readAll(node));
        assertEquals(LENGTH, node.length());
    }
}

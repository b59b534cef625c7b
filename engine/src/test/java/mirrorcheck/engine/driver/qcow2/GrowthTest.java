// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that grow, disks that are full, devices that are made longer. */
class GrowthTest {
    private static final NodeOptions OPTIONS =
            NodeOptions.named("image").withDiscard(Discard.UNMAP);

    private static Qcow2Node open(GrowingNode file, BlockNode backing) throws BlockException {
        return Qcow2Node.open(OPTIONS, new Qcow2Node.Children(file, null, backing, List.of()));
    }

    private static byte[] bytes(int count, int value) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    /** 512 byte clusters and wide refcounts: the first refcount table counts 2 MiB. */
    @ParameterizedTest
    @ValueSource(longs = {8 << 20, 300 << 20})
    void refcountTableMovesToWhereItHasRoom(long size) throws Exception {
        GrowingNode file = GrowingNode.empty();
        Qcow2Create.create(file, null,
                CreateOptions.ofSize(size).withClusterSize(512).withRefcountBits(64));
        byte[] data = bytes(7 << 20, 5);
        try (Qcow2Node node = open(file, null)) {
            node.write(1000, MemorySegment.ofArray(data), WriteFlag.NONE);
            byte[] back = new byte[data.length];
            node.read(1000, MemorySegment.ofArray(back));
            assertArrayEquals(data, back);
        }
        assertTrue(ByteBuffer.wrap(file.content()).getInt(56) > 1);
        assertEquals(List.of(), ImageChecker.problems(file.content()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 64})
    void fullDiskFailsTheRequestAndNothingElse(int refcountBits) throws Exception {
        GrowingNode file = GrowingNode.empty();
        Qcow2Create.create(file, null, CreateOptions.ofSize(8 << 20).withClusterSize(512)
                .withRefcountBits(refcountBits));
        file.limit(3 << 20);
        byte[] piece = bytes(10_000, 3);
        try (Qcow2Node node = open(file, null)) {
            int written = 0;
            BlockException e = null;
            while (e == null) {
                try {
                    node.write(written, MemorySegment.ofArray(piece), WriteFlag.NONE);
                    written += piece.length;
                } catch (BlockException full) {
                    e = full;
                }
            }
            assertEquals(Errno.ENOSPC, e.errno());
            assertTrue(written > 2 << 20, written + " bytes fit");
            byte[] back = new byte[written];
            node.read(0, MemorySegment.ofArray(back));
            assertArrayEquals(bytes(written, 3), back);
            // Room is made, and used.
            node.discard(0, 1 << 20);
            node.flush();
            node.write(6 << 20, MemorySegment.ofArray(piece), WriteFlag.NONE);
        }
        assertEquals(List.of(), ImageChecker.problems(file.content()));
    }

    /** Bug B27: what is added reads as zero, whatever the backing file has there. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void growingDoesNotExposeTheBackingFile(int version) throws Exception {
        BlockNode backing = new MemoryNode(NodeOptions.named("below"), 1 << 20);
        backing.write(0, MemorySegment.ofArray(bytes(1 << 20, 9)), WriteFlag.NONE);
        GrowingNode file = GrowingNode.empty();
        Qcow2Create.create(file, null, CreateOptions.ofSize(300 << 10).withVersion(version)
                .withBacking("below", "raw"));
        try (Qcow2Node node = open(file, backing)) {
            node.resize(2 << 20);
            byte[] content = new byte[2 << 20];
            node.read(0, MemorySegment.ofArray(content));
            byte[] expected = Arrays.copyOf(bytes(300 << 10, 9), 2 << 20);
            assertArrayEquals(expected, content);
        }
        assertEquals(List.of(), ImageChecker.problems(file.content()));
    }

    /** Bug B26: behind a short backing file it is zero, not a matter for deeper layers. */
    @Test
    void shortBackingFileDecides() throws Exception {
        GrowingNode base = GrowingNode.empty();
        Qcow2Create.create(base, null, CreateOptions.ofSize(64 << 10 << 4));
        GrowingNode middle = GrowingNode.empty();
        Qcow2Create.create(middle, null,
                CreateOptions.ofSize(500 << 10).withBacking("base", "qcow2"));
        GrowingNode top = GrowingNode.empty();
        Qcow2Create.create(top, null,
                CreateOptions.ofSize(1 << 20).withBacking("middle", "qcow2"));
        try (Qcow2Node below = open(base, null); Qcow2Node between = open(middle, below);
                Qcow2Node node = open(top, between)) {
            below.write(0, MemorySegment.ofArray(bytes(1 << 20, 4)), WriteFlag.NONE);
            assertEquals(new Extent(0, 500 << 10, BlockStatus.DATA),
                    node.blockStatus(0, 1 << 20));
            assertEquals(new Extent(500 << 10, 524 << 10, BlockStatus.ZERO),
                    node.blockStatus(500 << 10, 1 << 20));
            assertEquals(new Extent(0, 1 << 20, BlockStatus.UNALLOCATED),
                    node.allocatedInTop(0, 1 << 20));
            assertEquals(2, node.map(0, 1 << 20).depth());
            byte[] tail = new byte[524 << 10];
            node.read(500 << 10, MemorySegment.ofArray(tail));
            assertArrayEquals(new byte[524 << 10], tail);
        }
    }

    @Test
    void sparseDeviceIsOneExtent() throws Exception {
        GrowingNode file = GrowingNode.empty();
        Qcow2Create.create(file, null, CreateOptions.ofSize(1L << 40));
        try (Qcow2Node node = open(file, null)) {
            assertEquals(new Extent(0, 1L << 40, BlockStatus.UNALLOCATED),
                    node.blockStatus(0, 1L << 40));
            node.writeZeroes(0, 2L << 30, WriteFlag.NONE);
            assertEquals(new Extent(0, 2L << 30, BlockStatus.ZERO),
                    node.blockStatus(0, 1L << 40));
        }
    }

    @Test
    void optionsThatNoImageCanHaveAreRefused() {
        CreateOptions options = CreateOptions.ofSize(1 << 20);
        assertRefused("Cluster size must be a power of two between 512 and 2048k",
                options.withClusterSize(1000));
        assertRefused("Refcount width must be a power of two and may not exceed 64 bits",
                options.withRefcountBits(3));
        assertRefused("Different refcount widths than 16 bits require compatibility level 1.1 or "
                + "above (use version=v3 or greater)", options.withVersion(2).withRefcountBits(8));
        assertRefused("Extended L2 entries are only supported with cluster sizes of at least 16384 "
                + "bytes", options.withExtendedL2(true).withClusterSize(4096));
    }

    private static void assertRefused(String message, CreateOptions options) {
        BlockException e = assertThrows(BlockException.class, options::checked);
        assertEquals(message, e.getMessage());
    }
}

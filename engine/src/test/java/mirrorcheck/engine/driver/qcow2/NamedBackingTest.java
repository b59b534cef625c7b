// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.RawNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images whose header names a backing file that is attached only later (rule CHAIN-4). */
class NamedBackingTest {
    private static final int CLUSTER = 64 << 10;
    private static final int SIZE = 4 * CLUSTER;

    private static GrowingNode image(int version) throws BlockException {
        GrowingNode file = GrowingNode.empty();
        Qcow2Create.create(file, null,
                CreateOptions.ofSize(SIZE).withVersion(version).withBacking("base", "raw"));
        return file;
    }

    private static Qcow2Node open(BlockNode file, BlockNode backing) throws BlockException {
        return Qcow2Node.open(NodeOptions.named("image").withDiscard(Discard.UNMAP),
                new Qcow2Node.Children(file, null, backing, List.of()));
    }

    private static GrowingNode base() throws BlockException {
        byte[] content = new byte[SIZE];
        Arrays.fill(content, (byte) 7);
        return GrowingNode.of(content);
    }

    private static byte[] read(BlockNode node) throws BlockException {
        byte[] content = new byte[SIZE];
        node.read(0, MemorySegment.ofArray(content));
        return content;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void clustersMustBeFilledAsAWholeOnlyWithoutTheBackingFile(int version) throws Exception {
        GrowingNode file = image(version);
        try (Qcow2Node alone = open(file, null)) {
            assertEquals(CLUSTER, alone.firstWriteUnit());
            assertEquals(version == 3, alone.limits().canWriteZeroes());
        }
        try (Qcow2Node attached = open(file, base())) {
            assertEquals(0, attached.firstWriteUnit());
        }
        GrowingNode plain = GrowingNode.empty();
        Qcow2Create.create(plain, null, CreateOptions.ofSize(SIZE).withVersion(version));
        try (Qcow2Node alone = open(plain, null)) {
            assertEquals(0, alone.firstWriteUnit());
            assertTrue(alone.limits().canWriteZeroes());
        }
    }

    /** A raw node passes it on, unless it shows a part that begins within a cluster. */
    @Test
    void rawPartsTellOfClustersTheyCanFill() throws Exception {
        NodeOptions options = NodeOptions.named("raw");
        try (Qcow2Node alone = open(image(3), null);
                RawNode whole = new RawNode(options, alone, false);
                RawNode aligned = new RawNode(options, alone, false, 2 * CLUSTER, -1);
                RawNode within = new RawNode(options, alone, false, CLUSTER + 512, -1)) {
            assertEquals(CLUSTER, whole.firstWriteUnit());
            assertEquals(CLUSTER, aligned.firstWriteUnit());
            assertEquals(0, within.firstWriteUnit());
        }
    }

    /** Version 2 has no zero clusters: the bytes are written, so that they hide what comes. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void zeroesHideABackingFileThatIsAttachedLater(int version) throws Exception {
        GrowingNode file = image(version);
        try (Qcow2Node alone = open(file, null)) {
            alone.writeZeroes(0, CLUSTER, WriteFlag.NONE);
            alone.writeZeroes(2 * CLUSTER, CLUSTER, WriteFlag.NONE);
        }
        byte[] wanted = new byte[SIZE];
        Arrays.fill(wanted, CLUSTER, 2 * CLUSTER, (byte) 7);
        Arrays.fill(wanted, 3 * CLUSTER, SIZE, (byte) 7);
        try (Qcow2Node attached = open(file, base())) {
            assertArrayEquals(wanted, read(attached));
        }
        assertEquals(List.of(), ImageChecker.problems(file.content()));
    }

    /** What was written must not come to light again; version 2 could only give the cluster up. */
    @Test
    void discardKeepsDataThatVersion2CouldNotHide() throws Exception {
        GrowingNode file = image(2);
        byte[] data = new byte[CLUSTER];
        Arrays.fill(data, (byte) 9);
        try (Qcow2Node alone = open(file, null)) {
            alone.write(0, MemorySegment.ofArray(data), WriteFlag.NONE);
            alone.discard(0, CLUSTER);
        }
        try (Qcow2Node attached = open(file, base())) {
            byte[] content = read(attached);
            assertFalse(Arrays.equals(content, 0, CLUSTER, read(base()), 0, CLUSTER));
        }
    }
}

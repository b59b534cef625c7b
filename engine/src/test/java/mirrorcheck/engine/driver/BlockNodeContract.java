// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every block node keeps, whatever its driver. A driver's test overrides {@link #createNode}.
 */
abstract class BlockNodeContract {
    static final Set<WriteFlag> MAY_UNMAP = Set.of(WriteFlag.MAY_UNMAP);
    static final NodeOptions PLAIN = NodeOptions.named("node");
    static final NodeOptions UNMAP = PLAIN.withDiscard(Discard.UNMAP);
    static final int LENGTH = 256 << 10;
    /** Where the tests of allocation write: whole pages, away from both ends. */
    static final int START = 64 << 10;
    static final int BYTES = 64 << 10;
    /** How far allocations may differ by what a file system needs for itself, in bytes. */
    private static final long SLACK = 8 << 10;

    private final List<BlockNode> opened = new ArrayList<>();

    /** Opens a node of {@code bytes} zero bytes, none of them allocated, with these options. */
    protected abstract BlockNode createNode(NodeOptions options, long bytes) throws Exception;

    /** The bytes allocated below the node that was created last, or -1 if nobody knows. */
    protected long allocatedBytes() throws Exception {
        return -1;
    }

    /** Whether block status tells holes from data. */
    protected boolean knowsStatus() {
        return true;
    }

    /** Whether the node decides itself what every byte reads as, written or not. */
    protected boolean isAllocatedEverywhere() {
        return true;
    }

    final BlockNode open(NodeOptions options, long bytes) throws Exception {
        BlockNode node = createNode(options, bytes);
        opened.add(node);
        return node;
    }

    @AfterEach
    final void closeNodes() throws BlockException {
        for (BlockNode node : opened) {
            node.close();
        }
    }

    @Test
    void newNodeReadsAsZero() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        assertEquals(LENGTH, node.length());
        assertArrayEquals(new byte[LENGTH], readAll(node));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 512, 512 * 7, LENGTH})
    void lengthIsWhatWasAskedFor(int bytes) throws Exception {
        assertEquals(bytes, open(PLAIN, bytes).length());
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "511, 2", "0, 511", "512, 512", "513, 1023", "4095, 2",
        "4096, 4096", "1, 65535", "65536, 65536", "3, 262141", "0, 262144", "262143, 1"})
    void writesWhatItWasGivenAndNothingElse(int offset, int bytes) throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        byte[] model = pattern(LENGTH, 1);
        node.write(0, MemorySegment.ofArray(model), WriteFlag.NONE);
        byte[] data = pattern(bytes, 2);
        System.arraycopy(data, 0, model, offset, bytes);
        node.write(offset, MemorySegment.ofArray(data), WriteFlag.NONE);
        assertArrayEquals(model, readAll(node));
        byte[] back = new byte[bytes];
        node.read(offset, MemorySegment.ofArray(back));
        assertArrayEquals(data, back);
    }

    @Test
    void takesNativeMemoryOfAnyAlignment() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        byte[] data = pattern(70_001, 3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment misaligned = arena.allocate(data.length + 1, 4096).asSlice(1);
            misaligned.copyFrom(MemorySegment.ofArray(data));
            node.write(777, misaligned, WriteFlag.NONE);
            MemorySegment aligned = arena.allocate(data.length, 4096);
            node.read(777, aligned);
            assertEquals(-1, aligned.mismatch(misaligned));
            misaligned.fill((byte) 0);
            node.read(777, misaligned);
            assertEquals(-1, aligned.mismatch(misaligned));
        }
    }

    @Test
    void takesALargeOddRequest() throws Exception {
        int bytes = (20 << 20) + 1;
        BlockNode node = open(PLAIN, (20 << 20) + 1024);
        byte[] data = pattern(bytes, 4);
        node.write(511, MemorySegment.ofArray(data), WriteFlag.NONE);
        byte[] back = new byte[bytes];
        node.read(511, MemorySegment.ofArray(back));
        assertArrayEquals(data, back);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, LENGTH})
    void requestsOfNothingSucceed(long offset) throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        node.read(offset, MemorySegment.NULL);
        node.write(offset, MemorySegment.NULL, WriteFlag.NONE);
        node.writeZeroes(offset, 0, WriteFlag.NONE);
        node.discard(offset, 0);
        assertArrayEquals(new byte[LENGTH], readAll(node));
    }

    @ParameterizedTest
    @CsvSource({"262143, 2", "262144, 1", "-1, 1", "-1, 0", "262145, 0", "0, 262145",
        "9223372036854775807, 1", "9223372036854775807, 9223372036854775807",
        "1, 9223372036854775807", "-9223372036854775808, 512"})
    void refusesWhatIsNotInsideTheDevice(long offset, long bytes) throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        byte[] before = fill(node, 5);
        if (bytes <= 1 << 20) {
            MemorySegment data = MemorySegment.ofArray(new byte[(int) bytes]);
            assertErrno(Errno.EINVAL, () -> node.read(offset, data));
            assertErrno(Errno.EINVAL, () -> node.write(offset, data, WriteFlag.NONE));
        }
        assertErrno(Errno.EINVAL, () -> node.writeZeroes(offset, bytes, MAY_UNMAP));
        assertErrno(Errno.EINVAL, () -> node.discard(offset, bytes));
        assertArrayEquals(before, readAll(node));
    }

    @Test
    void refusesNegativeLengths() throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        byte[] before = fill(node, 6);
        assertErrno(Errno.EINVAL, () -> node.writeZeroes(512, -512, MAY_UNMAP));
        assertErrno(Errno.EINVAL, () -> node.discard(512, Long.MIN_VALUE));
        assertArrayEquals(before, readAll(node));
    }

    @Test
    void readOnlyNodeCanBeReadAndFlushedOnly() throws Exception {
        BlockNode node = open(UNMAP.withReadOnly(true), LENGTH);
        MemorySegment data = MemorySegment.ofArray(new byte[512]);
        assertErrno(Errno.EPERM, () -> node.write(0, data, WriteFlag.NONE));
        assertErrno(Errno.EPERM, () -> node.writeZeroes(0, 512, WriteFlag.NONE));
        assertErrno(Errno.EPERM, () -> node.discard(0, 512));
        node.flush();
        assertArrayEquals(new byte[LENGTH], readAll(node));
    }

    @ParameterizedTest
    @CsvSource({"0, 262144", "65536, 65536", "1, 1", "511, 2", "1, 8191", "4096, 100000",
        "5000, 5000", "262143, 1", "200000, 62144"})
    void zeroWritesReadAsZeroAndNothingElseChanges(int offset, int bytes) throws Exception {
        for (Set<WriteFlag> flags : List.of(WriteFlag.NONE, MAY_UNMAP, Set.of(WriteFlag.FUA))) {
            BlockNode node = open(UNMAP, LENGTH);
            byte[] model = fill(node, 7);
            Arrays.fill(model, offset, offset + bytes, (byte) 0);
            node.writeZeroes(offset, bytes, flags);
            assertArrayEquals(model, readAll(node), flags.toString());
        }
    }

    @Test
    void fastZeroEitherIsOrIsNotSupported() throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        byte[] model = fill(node, 8);
        try {
            node.writeZeroes(START, BYTES, Set.of(WriteFlag.FAST_ZERO, WriteFlag.MAY_UNMAP));
            Arrays.fill(model, START, START + BYTES, (byte) 0);
        } catch (BlockException e) {
            assertEquals(Errno.EOPNOTSUPP, e.errno());
        }
        assertArrayEquals(model, readAll(node));
    }

    @Test
    void zeroWriteAllocatesUnlessItMayUnmap() throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        assumeTrue(allocatedBytes() >= 0, "the driver does not say what is allocated");
        long before = allocatedBytes();
        node.writeZeroes(START, BYTES, MAY_UNMAP);
        if (node.limits().canWriteZeroes()) {
            assertNear(before, allocatedBytes());
        }
        node.writeZeroes(START, BYTES, WriteFlag.NONE);
        assertNear(before + BYTES, allocatedBytes());
    }

    @Test
    void zeroWriteFreesOnlyWithBothPermissions() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        assumeTrue(allocatedBytes() >= 0, "the driver does not say what is allocated");
        fill(node, 9);
        long full = allocatedBytes();
        node.writeZeroes(START, BYTES, MAY_UNMAP);
        assertNear(full, allocatedBytes());

        BlockNode unmapping = open(UNMAP, LENGTH);
        fill(unmapping, 9);
        unmapping.writeZeroes(START, BYTES, WriteFlag.NONE);
        assertNear(full, allocatedBytes());
        unmapping.writeZeroes(START, BYTES, MAY_UNMAP);
        if (unmapping.limits().canWriteZeroes()) {
            assertNear(full - BYTES, allocatedBytes());
        }
    }

    @Test
    void discardIsDroppedUnlessItIsAllowed() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        byte[] before = fill(node, 10);
        node.discard(0, LENGTH);
        assertArrayEquals(before, readAll(node));
    }

    @ParameterizedTest
    @CsvSource({"65536, 65536", "1, 1", "100, 8191", "0, 262144"})
    void discardChangesNothingAround(int offset, int bytes) throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        byte[] model = fill(node, 11);
        node.discard(offset, bytes);
        byte[] now = readAll(node);
        // What was discarded may read as anything.
        System.arraycopy(now, offset, model, offset, bytes);
        assertArrayEquals(model, now);
    }

    @ParameterizedTest
    @EnumSource(DetectZeroes.class)
    void detectZeroesDecidesWhatZeroDataCosts(DetectZeroes detect) throws Exception {
        BlockNode node = open(UNMAP.withDetectZeroes(detect), LENGTH);
        fill(node, 12);
        node.write(START, MemorySegment.ofArray(new byte[BYTES]), WriteFlag.NONE);
        assertArrayEquals(new byte[BYTES], Arrays.copyOfRange(readAll(node), START, START + BYTES));
        if (!node.limits().canWriteZeroes()) {
            return;
        }
        if (knowsStatus() && detect == DetectZeroes.UNMAP) {
            assertTrue(node.blockStatus(START, BYTES).status().zero());
        }
        if (allocatedBytes() >= 0) {
            long expected = detect == DetectZeroes.UNMAP ? LENGTH - BYTES : LENGTH;
            assertNear(expected, allocatedBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(DetectZeroes.class)
    void detectZeroesLeavesOtherDataAlone(DetectZeroes detect) throws Exception {
        BlockNode node = open(UNMAP.withDetectZeroes(detect), LENGTH);
        byte[] model = new byte[LENGTH];
        model[START + BYTES - 1] = 1;
        node.write(START, MemorySegment.ofArray(model).asSlice(START, BYTES), WriteFlag.NONE);
        assertArrayEquals(model, readAll(node));
        assertFalse(node.blockStatus(START, BYTES).status().zero()
                && node.blockStatus(START, BYTES).bytes() == BYTES);
    }

    @Test
    void detectZeroesUnmapNeedsDiscardUnmap() {
        BlockException e = assertThrows(BlockException.class,
                () -> open(PLAIN.withDetectZeroes(DetectZeroes.UNMAP), LENGTH));
        assertEquals("setting detect-zeroes to unmap is not allowed without setting discard "
                + "operation to unmap", e.getMessage());
    }

    @Test
    void blockStatusCoversTheDeviceAndNeverLiesAboutZeroes() throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        node.write(8192, MemorySegment.ofArray(pattern(4096, 13)), WriteFlag.NONE);
        node.write(100_001, MemorySegment.ofArray(pattern(10_000, 14)), WriteFlag.NONE);
        node.writeZeroes(102_400, 4096, WriteFlag.NONE);
        byte[] content = readAll(node);
        int zeroBytes = 0;
        for (long at = 0; at < LENGTH;) {
            Extent extent = node.blockStatus(at, LENGTH);
            assertEquals(at, extent.offset());
            assertTrue(extent.bytes() > 0 && extent.end() <= LENGTH, extent.toString());
            assertTrue(extent.status().allocated() || !isAllocatedEverywhere(),
                    "raw data is allocated everywhere");
            if (extent.status().zero()) {
                zeroBytes += (int) extent.bytes();
                for (int i = (int) at; i < extent.end(); i++) {
                    if (content[i] != 0) {
                        fail("byte " + i + " of " + extent + ": " + content[i]);
                    }
                }
            }
            at = extent.end();
        }
        if (isAllocatedEverywhere()) {
            assertEquals(knowsStatus(), zeroBytes > LENGTH / 2);
        }
    }

    @Test
    void blockStatusLooksNoFurtherThanAsked() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        assertEquals(1000, node.blockStatus(0, 1000).bytes());
        assertEquals(LENGTH - 4096, node.blockStatus(4096, Long.MAX_VALUE).bytes());
        fill(node, 15);
        assertEquals(1000, node.blockStatus(512, 1000).bytes());
    }

    @ParameterizedTest
    @CsvSource({"262144, 1", "-1, 1", "0, 0", "0, -1", "9223372036854775807, 1"})
    void blockStatusRefusesWhatIsNotInside(long offset, long bytes) throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        assertErrno(Errno.EINVAL, () -> node.blockStatus(offset, bytes));
        assertErrno(Errno.EINVAL, () -> node.allocatedInTop(offset, bytes));
    }

    @Test
    void emptyDeviceTakesEmptyRequests() throws Exception {
        BlockNode node = open(UNMAP, 0);
        node.writeZeroes(0, 0, WriteFlag.NONE);
        node.flush();
        assertErrno(Errno.EINVAL, () -> node.writeZeroes(0, 1, WriteFlag.NONE));
        assertErrno(Errno.EINVAL, () -> node.blockStatus(0, 1));
    }

    @Test
    void durableWritesReachTheDevice() throws Exception {
        for (boolean noFlush : new boolean[] {false, true}) {
            BlockNode node = open(PLAIN.withNoFlush(noFlush), LENGTH);
            byte[] data = pattern(1000, 16);
            node.write(10, MemorySegment.ofArray(data), Set.of(WriteFlag.FUA));
            node.flush();
            assertArrayEquals(data, Arrays.copyOfRange(readAll(node), 10, 1010));
        }
    }

    @Test
    void disjointRequestsOfSeveralThreadsDoNotDisturbEachOther() throws Exception {
        BlockNode node = open(UNMAP, LENGTH);
        int threads = 4;
        int piece = 1000;
        byte[] model = new byte[LENGTH];
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int thread = 0; thread < threads; thread++) {
                int mine = thread;
                running.add(pool.submit(() -> {
                    for (int n = mine; (n + 1) * piece <= LENGTH; n += threads) {
                        byte[] data = pattern(piece, n);
                        node.write((long) n * piece, MemorySegment.ofArray(data), WriteFlag.NONE);
                        node.writeZeroes((long) n * piece + 100, 300, MAY_UNMAP);
                        Arrays.fill(data, 100, 400, (byte) 0);
                        System.arraycopy(data, 0, model, n * piece, piece);
                    }
                    return null;
                }));
            }
        }
        for (Future<?> each : running) {
            each.get();
        }
        assertArrayEquals(model, readAll(node));
    }

    @Test
    void closedNodeRefusesRequestsAndASecondCloseDoesNothing() throws Exception {
        BlockNode node = open(PLAIN, LENGTH);
        node.close();
        node.close();
        MemorySegment data = MemorySegment.ofArray(new byte[512]);
        assertErrno(Errno.EBADF, () -> node.read(0, data));
        assertErrno(Errno.EBADF, () -> node.write(0, data, WriteFlag.NONE));
        assertErrno(Errno.EBADF, () -> node.writeZeroes(0, 512, WriteFlag.NONE));
        assertErrno(Errno.EBADF, () -> node.discard(0, 512));
        assertErrno(Errno.EBADF, node::flush);
        assertErrno(Errno.EBADF, () -> node.blockStatus(0, 512));
    }

    /** An operation that may fail. */
    @FunctionalInterface
    interface Operation {
        void run() throws Exception;
    }

    static void assertErrno(Errno expected, Operation operation) {
        BlockException e = assertThrows(BlockException.class, operation::run);
        assertEquals(expected, e.errno(), e.getMessage());
    }

    /** Bytes none of which is zero, different for each seed. */
    static byte[] pattern(int bytes, int seed) {
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) (1 + Math.floorMod(i * 7 + seed * 31 + i / 251, 255));
        }
        return data;
    }

    static byte[] readAll(BlockNode node) throws BlockException {
        byte[] content = new byte[(int) node.length()];
        node.read(0, MemorySegment.ofArray(content));
        return content;
    }

    private static byte[] fill(BlockNode node, int seed) throws BlockException {
        byte[] data = pattern(LENGTH, seed);
        node.write(0, MemorySegment.ofArray(data), WriteFlag.NONE);
        return data;
    }

    private static void assertNear(long expected, long actual) {
        assertTrue(Math.abs(expected - actual) <= SLACK,
                "allocated " + actual + " bytes; expected " + expected);
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a request reaches the driver. */
class AbstractNodeTest {
    private static final NodeOptions IGNORE = NodeOptions.named("node");
    private static final NodeOptions UNMAP = IGNORE.withDiscard(Discard.UNMAP);
    private static final Set<WriteFlag> FUA = Set.of(WriteFlag.FUA);
    private static final Set<WriteFlag> MAY_UNMAP = Set.of(WriteFlag.MAY_UNMAP);
    private static final Set<WriteFlag> FAST_ZERO = Set.of(WriteFlag.FAST_ZERO);
    private static final long LENGTH = 1 << 20;

    private static RecordingNode node(NodeOptions options) throws BlockException {
        return new RecordingNode(options, LENGTH);
    }

    private static MemorySegment data(int bytes) {
        return MemorySegment.ofArray(new byte[bytes]).fill((byte) 7);
    }

    @ParameterizedTest
    @CsvSource({"OFF, write 512 1024", "ON, zero 512 1024", "UNMAP, zero 512 1024 MAY_UNMAP"})
    void detectZeroesTurnsZeroDataIntoZeroWrites(DetectZeroes detect, String call)
            throws Exception {
        RecordingNode node = node(UNMAP.withDetectZeroes(detect));
        node.write(512, MemorySegment.ofArray(new byte[1024]), WriteFlag.NONE);
        node.write(0, data(512), WriteFlag.NONE);
        assertEquals(List.of(call, "write 0 512"), node.calls);
    }

    @ParameterizedTest
    @EnumSource(DetectZeroes.class)
    void detectZeroesKeepsForceUnitAccess(DetectZeroes detect) throws Exception {
        MemorySegment zeroes = MemorySegment.ofArray(new byte[512]);
        RecordingNode node = node(UNMAP.withDetectZeroes(detect));
        node.write(0, zeroes, FUA);
        assertEquals("flush", node.calls.get(1));
        RecordingNode able = node(UNMAP.withDetectZeroes(detect));
        able.fua = true;
        able.write(0, zeroes, FUA);
        String unmap = detect == DetectZeroes.UNMAP ? " MAY_UNMAP" : "";
        String request = detect == DetectZeroes.OFF ? "write" : "zero";
        assertEquals(List.of(request + " 0 512 FUA" + unmap), able.calls);
    }

    @Test
    void detectZeroesDoesNotAskForFastZeroes() throws Exception {
        RecordingNode node = node(UNMAP.withDetectZeroes(DetectZeroes.UNMAP));
        node.zeroFailure = Errno.EOPNOTSUPP;
        node.write(0, MemorySegment.ofArray(new byte[512]), WriteFlag.NONE);
        assertEquals(List.of("zero 0 512 MAY_UNMAP", "write 0 512"), node.calls);
    }

    @Test
    void discardIgnoreHoldsBackWhatDeallocates() throws Exception {
        RecordingNode node = node(IGNORE);
        node.writeZeroes(0, 512, MAY_UNMAP);
        node.discard(0, 512);
        assertEquals(List.of("zero 0 512"), node.calls);
    }

    @Test
    void discardUnmapLetsItThrough() throws Exception {
        RecordingNode node = node(UNMAP);
        node.writeZeroes(0, 512, MAY_UNMAP);
        node.writeZeroes(0, 512, WriteFlag.NONE);
        node.discard(1, 512);
        assertEquals(List.of("zero 0 512 MAY_UNMAP", "zero 0 512", "discard 1 512"), node.calls);
    }

    @ParameterizedTest
    @EnumSource(names = {"EOPNOTSUPP", "EINVAL", "EBUSY", "ENOTTY"})
    void refusedZeroWritesBecomeZeroBytes(Errno errno) throws Exception {
        RecordingNode node = node(UNMAP);
        node.zeroFailure = errno;
        node.discardFailure = errno;
        node.writeZeroes(512, 1024, MAY_UNMAP);
        node.discard(0, 512);
        assertEquals(List.of("zero 512 1024 MAY_UNMAP", "write 512 1024", "discard 0 512"),
                node.calls);
    }

    @ParameterizedTest
    @EnumSource(names = {"EIO", "ENOSPC", "EPERM", "EAGAIN"})
    void otherFailuresAreFailures(Errno errno) throws Exception {
        RecordingNode node = node(UNMAP);
        node.zeroFailure = errno;
        node.discardFailure = errno;
        assertErrno(errno, () -> node.writeZeroes(0, 512, MAY_UNMAP));
        assertErrno(errno, () -> node.discard(0, 512));
        assertEquals(List.of("zero 0 512 MAY_UNMAP", "discard 0 512"), node.calls);
    }

    @Test
    void failureOfTheZeroBytesIsAFailure() throws Exception {
        RecordingNode node = node(UNMAP);
        node.zeroFailure = Errno.EOPNOTSUPP;
        node.writeFailure = Errno.ENOSPC;
        assertErrno(Errno.ENOSPC, () -> node.writeZeroes(0, 512, WriteFlag.NONE));
    }

    @Test
    void fastZeroIsPassedOnAndNeverBecomesZeroBytes() throws Exception {
        RecordingNode node = node(UNMAP);
        node.writeZeroes(0, 512, FAST_ZERO);
        node.zeroFailure = Errno.EINVAL;
        assertErrno(Errno.EOPNOTSUPP, () -> node.writeZeroes(0, 512, FAST_ZERO));
        assertEquals(List.of("zero 0 512 FAST_ZERO", "zero 0 512 FAST_ZERO"), node.calls);
    }

    @Test
    void driverThatCannotWriteZeroesIsNotAsked() throws Exception {
        RecordingNode node = node(UNMAP);
        node.limits = new Limits(1, 0, 300_000, 1000, false);
        node.writeZeroes(0, 700_000, MAY_UNMAP);
        assertEquals(List.of("write 0 300000", "write 300000 300000", "write 600000 100000"),
                node.calls);
        assertErrno(Errno.EOPNOTSUPP, () -> node.writeZeroes(0, 512, FAST_ZERO));
    }

    @Test
    void requestsAreCutToTheLimits() throws Exception {
        RecordingNode node = node(UNMAP);
        node.limits = new Limits(1, 0, 1000, 3000, true);
        node.read(5, data(1000));
        node.read(5, data(2001));
        node.write(5, data(1001), WriteFlag.NONE);
        node.writeZeroes(0, 6001, WriteFlag.NONE);
        node.discard(1, 3001);
        assertEquals(List.of("read 5 1000", "read 5 1000", "read 1005 1000", "read 2005 1",
                "write 5 1000", "write 1005 1", "zero 0 3000", "zero 3000 3000", "zero 6000 1",
                "discard 1 3000", "discard 3001 1"), node.calls);
    }

    @Test
    void refusedPieceAloneIsWrittenAsBytes() throws Exception {
        RecordingNode node = node(UNMAP);
        node.limits = new Limits(1, 0, 2000, 3000, true);
        node.zeroFailure = Errno.EINVAL;
        node.writeZeroes(0, 4000, WriteFlag.NONE);
        assertEquals(List.of("zero 0 3000", "write 0 2000", "write 2000 1000", "zero 3000 1000",
                "write 3000 1000"), node.calls);
    }

    @Test
    void forceUnitAccessIsOneFlushWhereTheDriverHasNone() throws Exception {
        RecordingNode node = node(UNMAP);
        node.limits = new Limits(1, 0, 512, 512, true);
        node.write(0, data(1024), FUA);
        node.writeZeroes(0, 1024, FUA);
        node.write(0, data(512), WriteFlag.NONE);
        assertEquals(List.of("write 0 512", "write 512 512", "flush", "zero 0 512", "zero 512 512",
                "flush", "write 0 512"), node.calls);
    }

    @Test
    void forceUnitAccessGoesWithEveryPieceWhereTheDriverHasIt() throws Exception {
        RecordingNode node = node(UNMAP);
        node.fua = true;
        node.limits = new Limits(1, 0, 512, 1024, true);
        node.zeroFailure = Errno.EOPNOTSUPP;
        node.writeZeroes(0, 1024, FUA);
        assertEquals(List.of("zero 0 1024 FUA", "write 0 512 FUA", "write 512 512 FUA"),
                node.calls);
    }

    @Test
    void noFlushEndsFlushesHere() throws Exception {
        RecordingNode node = node(IGNORE.withNoFlush(true));
        node.flush();
        node.write(0, data(512), FUA);
        assertEquals(List.of("write 0 512"), node.calls);
    }

    @Test
    void failedWriteIsNotFlushed() throws Exception {
        RecordingNode node = node(IGNORE);
        node.writeFailure = Errno.EIO;
        assertErrno(Errno.EIO, () -> node.write(0, data(512), FUA));
        assertEquals(List.of("write 0 512"), node.calls);
    }

    @Test
    void misalignedRequestsAreFilledUp() throws Exception {
        RecordingNode node = node(UNMAP);
        node.limits = new Limits(4096, 0, Long.MAX_VALUE, Long.MAX_VALUE, true);
        node.read(4095, data(2));
        node.write(4095, data(2), FUA);
        node.write(4096, data(8192), WriteFlag.NONE);
        assertEquals(List.of("read 0 8192", "read 0 8192", "write 0 8192", "flush",
                "write 4096 8192"), node.calls);
    }

    @Test
    void longMisalignedRequestReadsOnlyItsEdges() throws Exception {
        RecordingNode node = node(UNMAP);
        node.limits = new Limits(512, 0, Long.MAX_VALUE, Long.MAX_VALUE, true);
        node.write(100, data(600_000), WriteFlag.NONE);
        assertEquals(List.of("read 0 262144", "write 0 262144", "write 262144 262144",
                "read 524288 76288", "write 524288 76288"), node.calls);
    }

    @Test
    void misalignedZeroWriteIsBytesAtItsEdges() throws Exception {
        RecordingNode node = node(UNMAP);
        node.limits = new Limits(4096, 0, Long.MAX_VALUE, Long.MAX_VALUE, true);
        node.writeZeroes(4000, 8500, MAY_UNMAP);
        node.discard(4000, 8500);
        node.discard(1, 4096);
        node.writeZeroes(4097, 10, MAY_UNMAP);
        assertEquals(List.of("read 0 4096", "write 0 4096", "zero 4096 8192 MAY_UNMAP",
                "read 12288 4096", "write 12288 4096", "discard 4096 8192",
                "read 4096 4096", "write 4096 4096"), node.calls);
    }

    @Test
    void endOfAnOddDeviceCountsAsAligned() throws Exception {
        RecordingNode node = new RecordingNode(UNMAP, 9216);
        node.limits = new Limits(4096, 0, Long.MAX_VALUE, Long.MAX_VALUE, true);
        node.write(8192, data(1024), WriteFlag.NONE);
        node.writeZeroes(8192, 1024, FAST_ZERO);
        node.write(9000, data(1), WriteFlag.NONE);
        node.discard(0, 9216);
        assertEquals(List.of("write 8192 1024", "zero 8192 1024 FAST_ZERO", "read 8192 1024",
                "write 8192 1024", "discard 0 9216"), node.calls);
        assertErrno(Errno.EOPNOTSUPP, () -> node.writeZeroes(8192, 1023, FAST_ZERO));
    }

    @Test
    void nothingReachesTheDriverFromRequestsOfNothing() throws Exception {
        RecordingNode node = node(UNMAP);
        node.read(LENGTH, MemorySegment.NULL);
        node.write(0, MemorySegment.NULL, FUA);
        node.writeZeroes(0, 0, FUA);
        node.discard(LENGTH, 0);
        assertEquals(List.of(), node.calls);
    }

    @Test
    void refusalsNameNodeRequestAndValues() throws Exception {
        RecordingNode node = node(IGNORE.withReadOnly(true));
        assertMessage("node: write zeroes at 1048064, 513 bytes: not inside the device: length "
                + "1048576", () -> node.writeZeroes(1_048_064, 513, WriteFlag.NONE));
        assertMessage("node: discard at 0, 512 bytes: the node is read-only",
                () -> node.discard(0, 512));
        node.close();
        assertMessage("node: flush: the node is closed", node::flush);
        assertEquals(List.of("close"), node.calls);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 512, LENGTH})
    void blockStatusIsClippedBeforeTheDriverIsAsked(long offset) throws Exception {
        RecordingNode node = node(IGNORE);
        if (offset == LENGTH) {
            assertErrno(Errno.EINVAL, () -> node.blockStatus(offset, 1));
            return;
        }
        node.blockStatus(offset, Long.MAX_VALUE);
        assertEquals(List.of("status " + offset + " " + (LENGTH - offset)), node.calls);
    }

    @FunctionalInterface
    private interface Operation {
        void run() throws BlockException;
    }

    private static void assertErrno(Errno expected, Operation operation) {
        assertEquals(expected, assertThrows(BlockException.class, operation::run).errno());
    }

    private static void assertMessage(String expected, Operation operation) {
        assertEquals(expected, assertThrows(BlockException.class, operation::run).getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.bitmap.ChunkRange;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.PassThroughNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one write of a guest becomes at both ends, in order, and what is remembered of it. */
class GuestWritesTest {
    private static final int CHUNK = 64 << 10;
    private static final long LENGTH = 8 * CHUNK;

    private final List<String> requests = new ArrayList<>();
    private final List<String> targetErrors = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Geometry geometry = Geometry.of(LENGTH, CHUNK, 0, Limits.NONE);
    private final Tracking tracking = new Tracking(geometry, true);
    private final End source = new End("source");
    private final End target = new End("target");
    private MirrorState state;

    GuestWritesTest() throws BlockException {
        // The ends are made with the fields.
    }

    /** A mirror in write-blocking mode, its scan done and nothing dirty. */
    private GuestWrites begin() {
        state = state(CopyMode.WRITE_BLOCKING);
        lock.lock();
        try {
            state.start();
            state.lookIfClean();
        } finally {
            lock.unlock();
        }
        return new GuestWrites(state, source, target);
    }

    /** Memory that writes down what it is asked, and fails what it is told to. */
    private final class End extends PassThroughNode {
        private final String name;
        private long firstWriteUnit;
        private String failing = "";
        private Errno errno = Errno.EIO;

        End(String name) throws BlockException {
            super(NodeOptions.named(name), new MemoryNode(NodeOptions.named("memory"), LENGTH),
                    true);
            this.name = name;
        }

        @Override
        public long firstWriteUnit() {
            return firstWriteUnit;
        }

        private void note(String what, long offset, long bytes) throws BlockException {
            requests.add(name + " " + what + " " + offset + "+" + bytes);
            if (what.equals(failing)) {
                throw new BlockException(errno, name);
            }
        }

        @Override
        protected void doRead(long offset, MemorySegment into) throws BlockException {
            note("read", offset, into.byteSize());
            super.doRead(offset, into);
        }

        @Override
        protected void doWrite(long offset, MemorySegment from, Set<WriteFlag> flags)
                throws BlockException {
            note("write" + words(flags), offset, from.byteSize());
            super.doWrite(offset, from, flags);
        }

        @Override
        protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
                throws BlockException {
            note("zeroes" + words(flags), offset, bytes);
            super.doWriteZeroes(offset, bytes, flags);
        }

        private static String words(Set<WriteFlag> flags) {
            return flags.isEmpty() ? "" : " " + new TreeSet<>(flags);
        }

        /** The bytes of a range, in whole sectors, as one number if they are all the same. */
        private String holds(long offset, int bytes) throws BlockException {
            byte[] all = new byte[bytes];
            children().getFirst().read(offset, MemorySegment.ofArray(all));
            Set<Byte> kinds = new TreeSet<>();
            for (byte one : all) {
                kinds.add(one);
            }
            return kinds.toString();
        }
    }

    private static MemorySegment data(int bytes, int value) {
        byte[] all = new byte[bytes];
        Arrays.fill(all, (byte) value);
        return MemorySegment.ofArray(all);
    }

    private List<String> dirty() {
        List<String> runs = new ArrayList<>();
        long at = 0;
        for (ChunkRange run = tracking.nextDirty(at, LENGTH); run != null && run.offset() >= at;
                run = at < LENGTH ? tracking.nextDirty(at, LENGTH) : null) {
            runs.add(run.offset() / CHUNK + "+" + run.bytes() / CHUNK);
            at = run.end();
        }
        return runs;
    }

    @Test
    void aWriteGoesToTheSourceFirst() throws BlockException {
        tracking.targetIsZero();

        begin().write(CHUNK - 512, data(1024, 7), WriteFlag.NONE);

        assertEquals(List.of("source write 65024+1024", "target write 65024+1024"), requests);
        assertFalse(tracking.knownZero(0, 1));
        assertFalse(tracking.knownZero(CHUNK, 1));
        assertTrue(tracking.knownZero(2 * CHUNK, CHUNK));
        assertEquals(List.of(), dirty());
        assertTrue(state.activelySynced());
        assertEquals(1024, state.progress().offset());
    }

    @ParameterizedTest(name = "{0}+{1}")
    @CsvSource({"0, 65536", "524287, 1", "458752, 65536", "0, 524288"})
    void aWriteAtEitherEndOfTheDeviceIsSeen(long offset, int bytes) throws BlockException {
        new GuestWrites(state(CopyMode.BACKGROUND), source, target).write(offset, data(bytes, 7),
                WriteFlag.NONE);

        assertEquals(List.of("source write " + offset + "+" + bytes), requests);
        assertEquals(List.of(offset / CHUNK + "+" + Math.max(1, bytes / CHUNK)), dirty());
    }

    private MirrorState state(CopyMode mode) {
        return new MirrorState(lock, lock.newCondition(), geometry, tracking,
                new WholeClusters(target, geometry), new InFlight(), mode,
                error -> targetErrors.add(error.errno().name()));
    }

    @ParameterizedTest(name = "{0}+{1}")
    @CsvSource({"524288, 1", "524287, 2", "-1, 1", "9223372036854775807, 1", "0, 0"})
    void aRangeThatIsNoneIsTheSourcesToRefuseAndMarksNothing(long offset, int bytes)
            throws BlockException {
        if (bytes == 0) {
            begin().write(offset, data(bytes, 7), WriteFlag.NONE);
        } else {
            assertEquals(Errno.EINVAL, assertThrows(BlockException.class,
                    () -> begin().write(offset, data(bytes, 7), WriteFlag.NONE)).errno());
        }
        assertEquals(List.of(), dirty());
        assertTrue(requests.stream().noneMatch(one -> one.startsWith("target")), "" + requests);
        assertTrue(state.activelySynced());
    }

    @Test
    void whatTheSourceRefusesNeverReachesTheTargetAndIsDirty() {
        source.failing = "write";

        BlockException error = assertThrows(BlockException.class,
                () -> begin().write(0, data(512, 7), WriteFlag.NONE));

        assertEquals("source", error.getMessage());
        assertEquals(List.of("source write 0+512"), requests);
        assertEquals(List.of("0+1"), dirty());
        assertEquals(List.of(), targetErrors);
    }

    @Test
    void whatTheTargetRefusesIsHiddenFromTheGuestAndDirty() throws BlockException {
        target.failing = "write";

        begin().write(CHUNK, data(512, 7), WriteFlag.NONE);

        assertEquals(List.of("EIO"), targetErrors);
        assertEquals(List.of("1+1"), dirty());
        assertFalse(state.activelySynced());
    }

    @Test
    void zeroesWhereTheTargetIsZeroEndAtTheSource() throws BlockException {
        tracking.targetIsZero();

        begin().writeZeroes(CHUNK, CHUNK, WriteFlag.NONE);

        assertEquals(List.of("source zeroes 65536+65536"), requests);
        assertEquals(List.of(), dirty());
    }

    @Test
    void zeroesNeverDeallocateAndAreRemembered() throws BlockException {
        GuestWrites guest = begin();
        guest.writeZeroes(CHUNK, CHUNK, Set.of(WriteFlag.MAY_UNMAP));
        guest.writeZeroes(CHUNK, CHUNK, WriteFlag.NONE);

        assertEquals(List.of("source zeroes 65536+65536", "target zeroes 65536+65536",
                "source zeroes 65536+65536"), requests);
    }

    @Test
    void zeroesThatCannotBeFastAtTheTargetAreSlowThere() throws BlockException {
        target.failing = "zeroes [FAST_ZERO]";
        target.errno = Errno.EOPNOTSUPP;

        begin().writeZeroes(0, CHUNK, Set.of(WriteFlag.FAST_ZERO));

        assertEquals(List.of("source zeroes [FAST_ZERO] 0+65536",
                "target zeroes [FAST_ZERO] 0+65536", "target zeroes 0+65536"), requests);
        assertEquals(List.of(), targetErrors);
        assertEquals(List.of(), dirty());
        assertTrue(tracking.knownZero(0, CHUNK));
    }

    @Test
    void anyOtherErrorOfFastZeroesIsOne() throws BlockException {
        target.failing = "zeroes [FAST_ZERO]";

        begin().writeZeroes(0, CHUNK, Set.of(WriteFlag.FAST_ZERO));

        assertEquals(List.of("EIO"), targetErrors);
        assertEquals(List.of("0+1"), dirty());
        assertFalse(tracking.knownZero(0, CHUNK));
    }

    @Test
    void aClusterIsFilledWithWhatTheSourceHoldsAround() throws BlockException {
        target.firstWriteUnit = CHUNK;
        source.children().getFirst().write(CHUNK, data(CHUNK, 3), WriteFlag.NONE);
        GuestWrites guest = begin();

        guest.write(CHUNK + 512, data(1024, 7), WriteFlag.NONE);
        guest.write(CHUNK + 512, data(512, 9), WriteFlag.NONE);

        assertEquals(List.of("source write 66048+1024", "source read 65536+65536",
                "target write 65536+65536", "source write 66048+512", "target write 66048+512"),
                requests);
        assertEquals("[3]", target.holds(CHUNK, 512));
        assertEquals("[9]", target.holds(CHUNK + 512, 512));
        assertEquals("[7]", target.holds(CHUNK + 1024, 512));
        assertEquals("[3]", target.holds(CHUNK + 1536, CHUNK - 1536));
    }

    @ParameterizedTest(name = "{0}+{1}: {2}")
    @CsvSource({
        // before the guest's own clusters, behind them
        "65024,  66048, 'source write 65024+66048, source read 0+65536'",
        "65536,  66048, 'source write 65536+66048, target write 65536+65536, "
                + "source read 131072+65536'"})
    void ifTheSourceCannotBeReadAroundItStaysDirtyForTheJobToSee(long offset, int bytes,
            String asked) throws BlockException {
        target.firstWriteUnit = CHUNK;
        GuestWrites guest = begin();
        source.failing = "read";

        guest.write(offset, data(bytes, 7), WriteFlag.NONE);

        assertEquals(asked, String.join(", ", requests));
        assertEquals(List.of(), targetErrors, "the target did nothing wrong");
        assertEquals(List.of(offset / CHUNK + "+2"), dirty());
        assertFalse(state.activelySynced());
    }
}

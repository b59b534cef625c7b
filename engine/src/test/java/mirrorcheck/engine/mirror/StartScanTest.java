// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.NodeOptions;
import mirrorcheck.engine.block.PassThroughNode;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.driver.MemoryNode;
import mirrorcheck.engine.host.Errno;
import mirrorcheck.engine.job.ErrorPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the scan at the start finds out. Ends are drawn, a letter for each 64 KiB:
 * <pre>
 *    the top layer holds    it does not; below there is
 *    D  data                d  data
 *    Z  zeroes              z  nothing, so it reads as zero
 *                           u  what was given up
 * </pre>
 */
class StartScanTest {
    private static final long CHUNK = 64 << 10;

    private final List<String> owner = new ArrayList<>();
    private Drawn source;
    private Drawn target;
    private Tracking tracking;

    @BeforeEach
    void endsThatHoldData() throws BlockException {
        source = new Drawn("DDDD", NodeOptions.named("source"));
        target = new Drawn("DDDD", NodeOptions.named("target"));
    }

    /** An end that says of itself what the test draws, and writes down what it is asked to do. */
    private static class Drawn extends PassThroughNode {
        final List<String> requests = new ArrayList<>();
        String picture;
        boolean allocatesAll;
        long firstWriteUnit;
        boolean fails;

        Drawn(String picture, NodeOptions options) throws BlockException {
            this(picture, options, picture.length() * CHUNK);
        }

        Drawn(String picture, NodeOptions options, long bytes) throws BlockException {
            super(options, new MemoryNode(
                    NodeOptions.named("memory").withDiscard(Discard.UNMAP), bytes), true);
            this.picture = picture;
        }

        /** The run of letters that mean the same, and what that is. */
        private Extent run(long offset, long bytes, boolean topOnly) {
            int at = (int) (offset / CHUNK);
            BlockStatus first = status(picture.charAt(at), topOnly);
            int end = at;
            while (end * CHUNK < offset + bytes
                    && status(picture.charAt(end), topOnly).equals(first)) {
                end++;
            }
            return new Extent(offset, Math.min(end * CHUNK - offset, bytes), first);
        }

        private static BlockStatus status(char letter, boolean topOnly) {
            return switch (letter) {
                case 'D' -> BlockStatus.DATA;
                case 'Z' -> topOnly ? BlockStatus.DATA : BlockStatus.ZERO;
                case 'd' -> topOnly ? BlockStatus.UNALLOCATED : BlockStatus.DATA;
                case 'z' -> BlockStatus.UNALLOCATED;
                case 'u' -> BlockStatus.UNDEFINED;
                default -> throw new IllegalArgumentException("no such letter: " + letter);
            };
        }

        @Override
        public boolean allocatesAll() {
            return allocatesAll;
        }

        @Override
        public long firstWriteUnit() {
            return firstWriteUnit;
        }

        @Override
        public Extent allocatedInTop(long offset, long bytes) {
            return run(offset, bytes, true);
        }

        @Override
        protected Extent doBlockStatus(long offset, long bytes) {
            return run(offset, bytes, false);
        }

        @Override
        protected void doRead(long offset, MemorySegment into) throws BlockException {
            requests.add("read " + offset + "+" + into.byteSize());
            super.doRead(offset, into);
        }

        @Override
        protected void doWriteZeroes(long offset, long bytes, Set<WriteFlag> flags)
                throws BlockException {
            requests.add("zeroes " + offset + "+" + bytes
                    + (flags.contains(WriteFlag.MAY_UNMAP) ? " unmap" : ""));
            if (fails) {
                throw new BlockException(Errno.EIO, "broken");
            }
        }
    }

    /** Scans, and returns the dirty chunks as digits and what is known of the target. */
    private String scan(MirrorOptions options) throws BlockException {
        Geometry geometry = Geometry.of(source.length(), CHUNK, 0, Limits.NONE);
        tracking = new Tracking(geometry, options.sync() != Sync.NONE);
        ReentrantLock lock = new ReentrantLock();
        MirrorState state = new MirrorState(lock, lock.newCondition(), geometry, tracking,
                new WholeClusters(target, geometry), new InFlight(), CopyMode.BACKGROUND,
                error -> { });
        new StartScan(source, target, options, geometry).run(state, new StartScan.Owner() {
            @Override
            public void pausePoint() {
                owner.add("may pause");
            }

            @Override
            public void preZeroFailed(BlockException error) throws BlockException {
                owner.add("told: " + error.errno());
                if (options.onTargetError() == ErrorPolicy.REPORT) {
                    throw error;
                }
            }
        });
        StringBuilder text = new StringBuilder();
        for (long at = 0; at < source.length(); at += CHUNK) {
            text.append(tracking.nextDirty(at, CHUNK) != null
                    && tracking.nextDirty(at, CHUNK).offset() == at ? '1' : '0');
        }
        return text + (tracking.knownZero(0, source.length()) ? " zero" : "");
    }

    private static MirrorOptions sync(Sync sync) {
        return MirrorOptions.of("j", "source", "target", sync);
    }

    @ParameterizedTest(name = "sync={0} {1} onto {2}: {3}")
    @CsvSource({
        // onto data: everything of full, what the top layer holds of top, nothing of none
        "FULL, DZdzuD,   DDDDDD,   111111",
        "TOP,  DZdzuD,   DDDDDD,   110011",
        "NONE, DZdzuD,   DDDDDD,   000000",
        // onto zeroes: what any layer holds, zeroes and what was given up included
        "FULL, DZdzuD,   zzzzzz,   111011 zero",
        "TOP,  DZdzuD,   zzzzzz,   110011 zero",
        "NONE, DZdzuD,   zzzzzz,   000000",
        "FULL, zzzzzz,   zzzzzz,   000000 zero",
        "FULL, zzzzzz,   DDDDDD,   111111"})
    void whatIsDirty(Sync sync, String from, String onto, String expected) throws BlockException {
        source = new Drawn(from, NodeOptions.named("source"));
        target = new Drawn(onto, NodeOptions.named("target"));

        assertEquals(expected, scan(sync(sync)));
    }

    @Test
    void aSourceThatAllocatesAllIsCopiedAsAWhole() throws BlockException {
        source.picture = "zzzz";
        source.allocatesAll = true;
        target.picture = "zzzz";

        assertEquals("1111 zero", scan(sync(Sync.FULL)));
        assertEquals("1111 zero", scan(sync(Sync.TOP)));
        assertEquals("0000", scan(sync(Sync.NONE)));
    }

    @ParameterizedTest(name = "target {0}: reads {1}; {2}")
    @CsvSource({
        "zzzz, '',            zero",
        // at most 128 KiB that count as data at the start are looked into
        "Dzzz, read 0+65536,  zero",
        "DDzz, read 0+131072, zero",
        "DDDz, '',            data",
        "DDDD, '',            data",
        // and only if all the rest is zero
        "DzDz, '',            data",
        "zDzz, '',            data",
        "zzzD, '',            data",
        "Dzzu, '',            data",
        "zdzz, '',            data"})
    void whatATargetIsTakenFor(String picture, String reads, String expected)
            throws BlockException {
        target.picture = picture;

        String found = scan(sync(Sync.FULL));

        assertEquals("1111" + (expected.equals("zero") ? " zero" : ""), found);
        assertEquals(reads.isEmpty() ? List.of() : List.of(reads), target.requests);
    }

    @Test
    void aPrefixWithOneByteOfDataIsNotZero() throws BlockException {
        target.picture = "DDzz";
        target.write(2 * CHUNK - 1, MemorySegment.ofArray(new byte[] {1}), WriteFlag.NONE);

        assertEquals("1111", scan(sync(Sync.FULL)));
    }

    @Test
    void anEmptyTargetIsZeroAndNothingIsDirty() throws BlockException {
        source = new Drawn("", NodeOptions.named("source"));
        target = new Drawn("", NodeOptions.named("target").withDiscard(Discard.UNMAP));

        assertEquals(" zero", scan(sync(Sync.FULL)));
        assertEquals(List.of(), target.requests);
    }

    @Test
    void theUsersWordNeedsNoLook() throws BlockException {
        assertEquals("1111 zero", scan(sync(Sync.FULL).withTargetIsZero(true)));
        assertEquals(List.of(), target.requests);
    }

    @Test
    void aTargetThatLacksItsBackingFileIsNotInspected() throws BlockException {
        target.picture = "zzzz";
        target.firstWriteUnit = CHUNK;

        assertEquals("1111", scan(sync(Sync.FULL)));
        assertEquals("1111 zero", scan(sync(Sync.FULL).withTargetIsZero(true)));
    }

    @Test
    void aTargetThatMustBePunchedIsKnownToBeNothing() throws BlockException {
        target = new Drawn("zzzz", NodeOptions.named("target").withDiscard(Discard.UNMAP)
                .withDetectZeroes(DetectZeroes.UNMAP));

        assertEquals("1111", scan(sync(Sync.FULL).withTargetIsZero(true)));
        assertEquals(List.of(), target.requests);
    }

    @Test
    void aTargetThatMayUnmapIsZeroedFirst() throws BlockException {
        target = new Drawn("DDDD", NodeOptions.named("target").withDiscard(Discard.UNMAP));
        source.picture = "DzdZ";

        assertEquals("1011 zero", scan(sync(Sync.FULL)));
        assertEquals(List.of("zeroes 0+262144 unmap"), target.requests);
        assertEquals("1001", scan(sync(Sync.TOP)), "only sync=full zeroes what it does not copy");
    }

    @Test
    void pausesBetweenTheRequestsOfPreZeroingWhichStayBelowTwoGiB() throws BlockException {
        long length = (5L << 30) + CHUNK;
        source = new Drawn("z", NodeOptions.named("source"), length);
        source.allocatesAll = true;
        target = new Drawn("D", NodeOptions.named("target").withDiscard(Discard.UNMAP), length) {
            @Override
            public Extent allocatedInTop(long offset, long bytes) {
                return new Extent(offset, bytes, BlockStatus.DATA);
            }
        };

        scan(sync(Sync.FULL));

        long most = (2L << 30) - CHUNK;
        assertEquals(List.of("zeroes 0+" + most + " unmap", "zeroes " + most + "+" + most
                + " unmap", "zeroes " + 2 * most + "+" + (length - 2 * most) + " unmap"),
                target.requests);
        assertEquals(List.of("may pause", "may pause", "may pause", "may pause"), owner);
    }

    @Test
    void aPreZeroingThatFailsIsForTheOwnerToJudge() throws BlockException {
        target = new Drawn("DDDD", NodeOptions.named("target").withDiscard(Discard.UNMAP));
        target.fails = true;
        source.picture = "zzzz";

        assertThrows(BlockException.class, () -> scan(sync(Sync.FULL)));
        assertEquals("1111", scan(sync(Sync.FULL).withOnError(ErrorPolicy.IGNORE,
                ErrorPolicy.IGNORE)));
        assertEquals(List.of("may pause", "told: EIO", "may pause", "told: EIO", "may pause"),
                owner);
    }
}

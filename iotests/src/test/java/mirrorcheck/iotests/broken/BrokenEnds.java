// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.iotests.broken;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import mirrorcheck.engine.block.BlockException;
import mirrorcheck.engine.block.BlockNode;
import mirrorcheck.engine.block.BlockStatus;
import mirrorcheck.engine.block.DetectZeroes;
import mirrorcheck.engine.block.Discard;
import mirrorcheck.engine.block.Extent;
import mirrorcheck.engine.block.FilterNode;
import mirrorcheck.engine.block.Limits;
import mirrorcheck.engine.block.WriteFlag;
import mirrorcheck.engine.block.Zeroes;
import mirrorcheck.engine.host.Errno;

/** What is wrong in one place each about the requests that a mirror sends, and their answers. */
final class BrokenEnds {
    private BrokenEnds() {
    }

    private static BlockException failed(Errno errno) {
        return new BlockException(errno, "broken on purpose");
    }

    /** B08: a guest is forced to whole chunks of 1 MiB. */
    static final class WidensRequests extends FilterNode {
        WidensRequests(BlockNode node) throws BlockException {
            super(node.options(), node, true);
        }

        @Override
        protected Limits driverLimits() {
            return new Limits(1 << 20, 0, Long.MAX_VALUE, Long.MAX_VALUE, true);
        }
    }

    /** B17: sizes that round up to the same number of chunks are the same. */
    static final class RoundsLength extends Variation {
        private static final long CHUNK = 64 << 10;

        @Override
        BlockNode aboveTarget(BlockNode node) {
            return new AlteredNode(node) {
                @Override
                public long length() {
                    long other = source() == null ? -1 : source().length();
                    return Math.ceilDiv(other, CHUNK) == Math.ceilDiv(super.length(), CHUNK)
                            ? other : super.length();
                }
            };
        }
    }

    /** B21: zero writes may unmap, whatever the target's discard says. */
    static final class AlwaysUnmaps extends AlteredNode {
        AlwaysUnmaps(BlockNode node) {
            super(node);
        }

        @Override
        public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags)
                throws BlockException {
            Set<WriteFlag> more = EnumSet.of(WriteFlag.MAY_UNMAP);
            more.addAll(flags);
            below().writeZeroes(offset, bytes, more);
        }
    }

    /** B25: what was asked once is not asked again. */
    static final class RemembersStatus extends AlteredNode {
        private final List<Extent> extents = new ArrayList<>();

        RemembersStatus(BlockNode node) {
            super(node);
        }

        @Override
        public synchronized Extent blockStatus(long offset, long bytes) throws BlockException {
            for (long at = 0; extents.isEmpty() || at < length(); at = extents.getLast().end()) {
                if (!extents.isEmpty() && extents.getLast().end() == length()) {
                    break;
                }
                extents.add(super.blockStatus(at, length() - at));
            }
            Extent found = extents.stream().filter(extent -> extent.end() > offset).findFirst()
                    .orElseThrow();
            return new Extent(offset, Math.min(bytes, found.end() - offset), found.status());
        }
    }

    /** B25, B28: everything is data, though it was not looked at closely. */
    static final class CallsAllData extends AlteredNode {
        CallsAllData(BlockNode node) {
            super(node);
        }

        @Override
        public Extent blockStatus(long offset, long bytes) throws BlockException {
            Extent extent = super.blockStatus(offset, bytes);
            return new Extent(offset, extent.bytes(), BlockStatus.DATA);
        }
    }

    /** B28: an extent of zeroes goes on to where another child of the node says so. */
    static final class StretchesZeroes extends AlteredNode {
        private static final long MORE = 64 << 10;

        StretchesZeroes(BlockNode node) {
            super(node);
        }

        @Override
        public Extent blockStatus(long offset, long bytes) throws BlockException {
            Extent extent = super.blockStatus(offset, bytes);
            long most = Math.min(bytes, length() - offset);
            return !extent.status().zero() ? extent
                    : new Extent(offset, Math.min(most, extent.bytes() + MORE), extent.status());
        }
    }

    /** B29: a flag of a write fails the zero write that it becomes. */
    static final class KeepsFlags extends AlteredNode {
        KeepsFlags(BlockNode node) {
            super(node);
        }

        @Override
        public void write(long offset, MemorySegment from, Set<WriteFlag> flags)
                throws BlockException {
            if (options().detectZeroes() == DetectZeroes.UNMAP && !flags.isEmpty()
                    && Zeroes.isZero(from)) {
                throw failed(Errno.EINVAL);
            }
            super.write(offset, from, flags);
        }
    }

    /** B30: a zero write that failed is tried again as data. */
    static final class RetriesAsData extends AlteredNode {
        RetriesAsData(BlockNode node) {
            super(node);
        }

        @Override
        public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags)
                throws BlockException {
            try {
                super.writeZeroes(offset, bytes, flags);
            } catch (BlockException e) {
                below().write(offset, MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]),
                        WriteFlag.NONE);
            }
        }
    }

    /** B30, B19: a zero write that the device cannot do has succeeded. */
    static final class TakesRefusalForSuccess extends AlteredNode {
        TakesRefusalForSuccess(BlockNode node) {
            super(node);
        }

        @Override
        public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags)
                throws BlockException {
            try {
                below().writeZeroes(offset, bytes,
                        options().discard() == Discard.UNMAP ? flags : WriteFlag.NONE);
            } catch (BlockException e) {
                if (e.errno() != Errno.EOPNOTSUPP) {
                    throw e;
                }
            }
        }
    }

    /** B47: nobody looks at how a write ended. */
    static final class IgnoresWriteErrors extends AlteredNode {
        IgnoresWriteErrors(BlockNode node) {
            super(node);
        }

        @Override
        public void write(long offset, MemorySegment from, Set<WriteFlag> flags) {
            try {
                super.write(offset, from, flags);
            } catch (BlockException e) {
                // Success, it says.
            }
        }
    }

    /** B47: nobody looks at how a read ended, and what is in the buffer is copied. */
    static final class IgnoresReadErrors extends AlteredNode {
        IgnoresReadErrors(BlockNode node) {
            super(node);
        }

        @Override
        public void read(long offset, MemorySegment into) {
            try {
                super.read(offset, into);
            } catch (BlockException e) {
                // Success, it says.
            }
        }
    }

    /** B50: zero bytes are not looked for, though the target's options say so. */
    static final class NeverDetects extends AlteredNode {
        NeverDetects(BlockNode node) {
            super(node);
        }

        @Override
        public void write(long offset, MemorySegment from, Set<WriteFlag> flags)
                throws BlockException {
            below().write(offset, from, flags);
        }
    }

    /** B52: a zero write takes all of each cluster that it touches. */
    static final class ZeroesClusters extends AlteredNode {
        private static final long CLUSTER = 64 << 10;

        ZeroesClusters(BlockNode node) {
            super(node);
        }

        @Override
        public void writeZeroes(long offset, long bytes, Set<WriteFlag> flags)
                throws BlockException {
            long begin = offset / CLUSTER * CLUSTER;
            long end = Math.min(Math.ceilDiv(offset + bytes, CLUSTER) * CLUSTER, length());
            super.writeZeroes(begin, end - begin, flags);
        }
    }

    /** N14: the target is never flushed. */
    static final class NeverFlushes extends AlteredNode {
        NeverFlushes(BlockNode node) {
            super(node);
        }

        @Override
        public void flush() {
            // Left out.
        }
    }

    /** N14: only the first flush may fail. */
    static final class IgnoresLaterFlushErrors extends AlteredNode {
        private boolean flushed;

        IgnoresLaterFlushErrors(BlockNode node) {
            super(node);
        }

        @Override
        public void flush() throws BlockException {
            try {
                super.flush();
            } catch (BlockException e) {
                if (!flushed) {
                    throw e;
                }
            } finally {
                flushed = true;
            }
        }
    }
}
